"""Who we are at PayBy, as the settings say."""

from core.payby.calls import Merchant
from core.payby.signing import load_private_key, load_public_key
from webhooks.settings import Settings


def merchant_of(settings: Settings) -> Merchant:
    """Load the keys and say who we are at PayBy. Raises KeyFileError."""
    return Merchant(
        base_url=settings.payby_url,
        partner_id=settings.payby_partner_id,
        private_key=load_private_key(settings.payby_merchant_key_file),
        payby_public_key=load_public_key(settings.payby_public_key_file),
        notify_url=settings.notify_url,
        business_type=settings.payby_business_type,
    )
