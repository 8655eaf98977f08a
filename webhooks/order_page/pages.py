"""Writes the pages: an order's, its list of stores, and those that are no order's."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from bot.chats import Language
from bot.messages import runs
from bot.page_words import (
    PageState,
    cashier_steps,
    guide_steps,
    headline,
    page_state,
    page_words,
    qr_words,
    standing,
)
from bot.ports import Found
from bot.shop import Shop
from bot.store_messages import (
    facts_now,
    found_title,
    none_in_area,
    none_near,
    store_name,
    way_to,
)
from bot.words import LANGUAGES, Words, words_in
from core.domain.orders import Order
from webhooks.order_page.codes import draw_code
from webhooks.order_page.news import news_of

_TEMPLATES = Path(__file__).parent / "templates"
PICTURES = ("go.svg", "show.svg", "pay.svg", "done.svg")
_NAMES: Mapping[Language, str] = {"en": "English", "ar": "العربية"}

Stores = Sequence[Found] | None
"""What a search has found; None when nobody has searched."""


class Pages:
    """Writes HTML, in one language at a time."""

    def __init__(self, shop: Shop, assets: Mapping[str, str]) -> None:
        self._shop = shop
        self._templates = Environment(
            loader=FileSystemLoader(_TEMPLATES),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
        )
        self._templates.filters["rich"] = _rich
        self._templates.globals["assets"] = assets

    def order(
        self, order: Order, words: Words, now: datetime, area: str, stores: Stores
    ) -> str:
        """Write the page of an order. Takes up to 3 ms of processor."""
        state = page_state(order, now)
        news = news_of(order, now)
        facts = {
            **_about_language(words.language),
            **_about_stores(area, stores, words, now),
            "other": _about_language(_other(words.language)),
            "token": order.page_token,
            "version": news.version,
            "is_final": news.is_final,
            "now_ms": _ms(now),
            "until_ms": _ms(order.expires_at),
            "shop": words.pick(self._shop.name, self._shop.name_ar),
            "product": words.pick(self._shop.product, self._shop.product_ar),
            "amount": str(order.amount),
            "account": order.account_name,
            "order_no": order.merchant_order_no,
            "pay_before": words.moment(order.expires_at, now),
            "pay_before_on_paper": words.date_and_time(order.expires_at),
            "state": str(state),
            "headline": headline(state, words),
            "standing": standing(order, words, now),
            "code": _code(order, state, words),
            "guide": list(zip(PICTURES, guide_steps(order, words), strict=True)),
            "cashier": [_for_cashier(order, words_in(each)) for each in LANGUAGES],
        }
        return self._written("page.html", facts)

    def stores(self, stores: Stores, words: Words, now: datetime) -> str:
        """Write the list of the stores near a payer."""
        return self._written("stores.html", _about_stores("", stores, words, now))

    def apart(self, say: Callable[[Words], tuple[str, str]]) -> str:
        """Write, in every language, a page that is no order's."""
        said = []
        for language in LANGUAGES:
            title, advice = say(words_in(language))
            about = _about_language(language)
            said.append({**about, "title": title, "advice": advice})
        return self._written("apart.html", {"said": said})

    def _written(self, template: str, facts: Mapping[str, Any]) -> str:
        return self._templates.get_template(template).render(facts)


def _about_language(language: Language) -> dict[str, str]:
    direction = "rtl" if language == "ar" else "ltr"
    return {
        "language": language,
        "direction": direction,
        "name": _NAMES[language],
    }


def _about_stores(
    area: str, stores: Stores, words: Words, now: datetime
) -> dict[str, object]:
    return {
        "say": page_words(words),
        "area": area,
        "stores_title": found_title(area, words),
        "none_found": none_in_area(words) if area else none_near(words),
        "stores": None if stores is None else [_store(o, words, now) for o in stores],
    }


def _store(found: Found, words: Words, now: datetime) -> dict[str, object]:
    store = found.store
    return {
        "name": store_name(store, words),
        "facts": facts_now(found, words, now),
        "is_open": found.open_now,
        "address": words.pick(store.address, store.address_ar),
        "way": way_to(store),
    }


def _for_cashier(order: Order, words: Words) -> dict[str, object]:
    return {
        **_about_language(words.language),
        "title": _NAMES[words.language],
        "steps": cashier_steps(order, words),
    }


def _code(order: Order, state: PageState, words: Words) -> dict[str, object] | None:
    """Return the code while it can be paid, and no longer."""
    if state is not PageState.WAITING or not order.token_url:
        return None
    drawing = draw_code(order.token_url)
    about = qr_words(order, words)
    return {"side": drawing.side, "path": drawing.path, "about": about}


def _other(language: Language) -> Language:
    return "en" if language == "ar" else "ar"


def _ms(at: datetime) -> int:
    return round(at.timestamp() * 1000)


def _rich(text: str) -> Markup:
    """Turn marked text into markup; nothing in it can be markup by itself.

    No line breaks between a currency and its number.
    """
    text = text.replace("AED ", "AED\u00a0")
    bold = Markup("<b>{}</b>")
    parts = (bold.format(r.text) if r.bold else escape(r.text) for r in runs(text))
    return Markup().join(parts)
