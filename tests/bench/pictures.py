"""How long pictures and searches take."""

import io
import random
import statistics
import time
from collections.abc import Callable
from datetime import UTC, datetime

import qrcode

from bot.code_messages import card_words
from bot.words import words_in
from core.card import Card, draw_card
from core.domain.money import Money
from core.domain.stores import Store
from core.qr import qr_png
from core.stores import StoreIndex

TOKEN_URL = (
    "https://checkout.payby.com/pay-page/main"
    "?BIZ_TYPE=202&ft=cd624549f4894d78b0d368e48bb27aae&t=1654519114067"
)


def median_ms(work: Callable[[], object], times: int) -> float:
    """Return the median time of one run, after one to warm up."""
    work()
    measured = []
    for _ in range(times):
        started = time.perf_counter()
        work()
        measured.append((time.perf_counter() - started) * 1000)
    return statistics.median(measured)


def card_ms(language) -> float:
    """Draw a payment card as PNG."""
    words = words_in(language)
    card = Card(
        language=language,
        words=card_words(words),
        merchant="Oasis Games",
        product="Game top-up",
        amount=Money(5000),
        account="De••••••••on",
        order_no="T261124-9QRJ6CH3",
        pay_before="24 November, 18:40",
        token_url=TOKEN_URL,
    )
    return median_ms(lambda: draw_card(card), 40)


def qr_ms() -> tuple[float, float]:
    """Draw a QR code as PNG: ours, and qrcode's own make_image."""
    return median_ms(lambda: qr_png(TOKEN_URL), 60), median_ms(_qrcode_s_own, 60)


def _qrcode_s_own() -> bytes:
    code = qrcode.QRCode(error_correction=qrcode.constants.ERROR_CORRECT_M)
    code.add_data(TOKEN_URL)
    code.make()
    png = io.BytesIO()
    code.make_image().save(png)
    return png.getvalue()


def nearest_ms(count: int) -> float:
    """Find the nearest five of so many stores."""
    spread = random.Random(1)  # noqa: S311  (the same stores each time)
    stores = [
        Store(
            id=f"s{number}",
            name="Store",
            name_ar="",
            address="",
            address_ar="",
            area="",
            area_ar="",
            latitude=spread.uniform(22.6, 26.1),
            longitude=spread.uniform(51.5, 56.4),
            hours="Mo-Su 08:00-23:00",
            phone="",
            is_sample=True,
        )
        for number in range(count)
    ]
    index = StoreIndex(stores)
    now = datetime.now(UTC)
    return median_ms(lambda: index.nearest(25.2, 55.3, now, 5), 100)
