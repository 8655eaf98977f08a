"""The merchant, as its payers know it."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Shop:
    """Who sells and what is sold; without an Arabic name the English one serves."""

    name: str
    product: str
    """What a top-up buys: "Game top-up"."""
    name_ar: str = ""
    product_ar: str = ""
