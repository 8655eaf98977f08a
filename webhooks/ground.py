"""What every part of the house stands on."""

from dataclasses import dataclass
from datetime import timedelta

from bot.shop import Shop
from core.database.engine import Database
from core.domain.ceilings import Ceilings
from core.domain.money import Money
from core.domain.terms import Limits, Terms
from core.ports import Clock
from webhooks.current_stores import CurrentStores
from webhooks.limits import ceilings_of
from webhooks.settings import Settings


@dataclass(frozen=True, kw_only=True)
class Ground:
    """The same database, time, places, rules and names for all."""

    database: Database
    clock: Clock
    stores: CurrentStores
    terms: Terms
    ceilings: Ceilings
    shop: Shop
    support_chat: str
    """The chat that hears of cases, like "tg:-100123"; empty for none."""
    support_group: str
    """The group in which staff are answered; empty for none."""
    remind_after: timedelta
    """How long a payer waits for a person before staff are reminded."""
    second_above: Money
    """More than that goes back only when a second person agrees."""


def ground_of(
    settings: Settings, database: Database, clock: Clock, stores: CurrentStores
) -> Ground:
    """Return the ground as the settings say it is."""
    return Ground(
        database=database,
        clock=clock,
        stores=stores,
        terms=_terms(settings),
        ceilings=ceilings_of(settings),
        shop=_shop(settings),
        support_chat=settings.support_conversation,
        support_group=settings.support_group,
        remind_after=settings.support_reminder,
        second_above=settings.second_above,
    )


def _terms(settings: Settings) -> Terms:
    return Terms(
        subject=settings.product,
        payee_mid=settings.payee_mid,
        limits=Limits(settings.least, settings.most),
        lifetime=settings.lifetime,
        pace=settings.pace,
        refunds_below_zero=settings.refunds_below_zero,
    )


def _shop(settings: Settings) -> Shop:
    return Shop(
        name=settings.shop_name,
        product=settings.product,
        name_ar=settings.shop_name_ar,
        product_ar=settings.product_ar,
    )
