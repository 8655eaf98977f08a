"""The limits, as the settings give them and as `topup limits` shows them."""

from datetime import timedelta
from decimal import Decimal

import typer

from core.domain.ceilings import Ceilings
from core.domain.limits import Span, Whose
from core.domain.money import Money
from webhooks.settings import Settings

_NONE = "no limit"


def ceilings_of(settings: Settings) -> Ceilings:
    """Return the limits that are set."""
    sums = {
        (whose, span): Money.from_aed(most)
        for whose, span, most in _sums(settings)
        if most
    }
    first = Money.from_aed(settings.first_maximum) if settings.first_maximum else None
    return Ceilings(
        sums=sums,
        first=first,
        first_for=timedelta(hours=settings.first_hours),
        open_codes=settings.open_codes_maximum or None,
        codes=settings.codes_an_hour_maximum or None,
    ).faster(settings.rehearsal_speed)


def show_limits(settings: Settings) -> None:
    """Show all limits and the settings that they come from."""
    lines = [
        ("one order", f"{settings.least} to {settings.most}", "MINIMUM and _MAXIMUM"),
        *(
            (f"{whose}, a {span}", _aed(most), f"{whose}_{span}_maximum".upper())
            for whose, span, most in _sums(settings)
        ),
        (
            f"new payer, {settings.first_hours:g} h from the first payment",
            _aed(settings.first_maximum),
            "FIRST_MAXIMUM and _HOURS",
        ),
        (
            "codes a payer may have to pay",
            str(settings.open_codes_maximum or _NONE),
            "OPEN_CODES_MAXIMUM",
        ),
        (
            "codes a payer may ask for in an hour",
            str(settings.codes_an_hour_maximum or _NONE),
            "CODES_AN_HOUR_MAXIMUM",
        ),
    ]
    for what, most, setting in lines:
        typer.echo(f"{what:<42} {most:<28} TOPUP_{setting}")


def _sums(settings: Settings) -> list[tuple[Whose, Span, Decimal]]:
    return [
        (whose, span, getattr(settings, f"{whose}_{span}_maximum"))
        for whose in Whose
        for span in Span
    ]


def _aed(most: Decimal) -> str:
    return str(Money.from_aed(most)) if most else _NONE
