"""What a typed text asks for: a command, or a phrase that means one.

Words are compared in a folded form (no case, no Arabic vowel signs, one spelling of
alif), so a phone's capitals and spellings do not matter. A text that fits nothing is
not guessed at.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from core.domain.links import read_link_code


class Command(StrEnum):
    """What can be asked for; the value is the command's name after the slash."""

    START = "start"
    TOP_UP = "topup"
    ORDERS = "orders"
    ORDER = "order"
    RECEIPT = "receipt"
    STORES = "stores"
    PROBLEM = "problem"
    BALANCE = "balance"
    LANGUAGE = "language"
    HELP = "help"
    CANCEL = "cancel"
    REFUND = "refund"
    CODE = "code"
    STATUS = "status"
    LINK = "link"
    UNLINK = "unlink"
    STOP = "stop"
    HELLO = "hello"
    SUPPORT = "support"


@dataclass(frozen=True)
class Request:
    """A command and what was written after it."""

    command: Command
    argument: str = ""


_MOST_WORDS = 12  # a longer text is a story, not a request

_MARKS = "".join(map(chr, [*range(0x064B, 0x0653), 0x0640, *range(0x200B, 0x2010)]))
_FOLDED = str.maketrans({**dict.fromkeys("أإآٱ", "ا"), "ى": "ي", "ة": "ه", "−": "-"})
_FOLDED |= dict.fromkeys(map(ord, _MARKS), "")
_EDGES = ".,!?؟،؛:;\"'()«»"

_NUMBER = re.compile(r"[-+]?\d[\d.,٫٬]*(?:e\d+)?")
_PRICE = re.compile(r"(?:aed|dhs?|ب)?([-+]?\d[\d.,٫٬]*)(?:aed|dhs?|درهم)?")

_ORDER_NO = re.compile(r"(?=.*\d)(?:t\d{6}-)?[2-9a-hj-np-z]{8}")


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_CURRENCY = _words("aed dh dhs dirham dirhams درهم دراهم درهما")
_CANCEL = _words("cancel stop nevermind الغاء الالغاء الغي الغ توقف وقف")
_HELP = _words("help how guide مساعده المساعده ساعدني ساعدوني كيف طريقه دليل")
_STORES = _words(
    "where store stores shop shops nearest nearby closest وين اين اقرب متجر متاجر"
    " المتاجر محل محلات المحلات بقاله بقالات قريب"
)
_BALANCE = _words("balance رصيد رصيدي الرصيد")
_STATUS = _words(
    "paid arrived arrive received credited status وصل وصلت توصل دفعت مدفوع حاله"
)
_CODE = _words("code qr رمز الرمز رمزي كود الكود باركود")
_ORDERS = _words("orders topups history طلباتي الطلبات عملياتي")
_RECEIPT = _words("receipt receipts invoice ايصال الايصال ايصالي فاتوره الفاتوره")
_REFUND = _words("refund refunds refunded استرداد الاسترداد استرجاع الاسترجاع")
_GIVE_BACK = _words(
    "back return رجع رجعوا رجعولي ارجع ارجعوا ارجاع استرد استرجع ترجعون ترجيع"
)
_PROBLEM = _words(
    "problem problems trouble error refuse refuses refused refusing declined مشكله"
    " المشكله مشاكل يرفض ترفض رفض رفضت رفضوا يرفضون خطا عطل"
)
_WHERE = _words("where وين اين")
_MINE = _words("money order فلوسي مالي المبلغ طلبي")
_TOP_UP = _words(
    "topup top-up recharge reload refill add load charge pay اشحن اشحنلي شحن الشحن"
    " تعبئه عبي عبئ اضف اضافه زود ادفع"
)
_LINK = _words("link ربط الربط اربط")
_UNLINK = _words("unlink فك افصل")
_STOP = _words("stop unsubscribe توقف ايقاف")
_GO_ON = _words("start ابدا")
_PERSON = _words(
    "person human agent operator representative support somebody someone شخص موظف"
    " انسان الدعم دعم بشري"
)
_TALK = _words(
    "talk speak chat write connect contact call reach التحدث اتحدث تحدث اتكلم التكلم"
    " تكلم اكلم كلموني التواصل اتواصل تواصل"
)
_GREETING = _words("hi hello hey hallo salam مرحبا اهلا هلا السلام سلام")
_LANGUAGES = {
    "english": "en",
    "انجليزي": "en",
    "الانجليزيه": "en",
    "arabic": "ar",
    "عربي": "ar",
    "العربيه": "ar",
    "language": "",
    "لغه": "",
    "اللغه": "",
}
_BEFORE_ACCOUNT = _words("to for into account الي لحساب حساب للحساب")
_FILLERS = _words(
    "a an the i my me us our is are can could do does need want would like please pls"
    " now cash money game with by via using in on at of near around here there it top"
    " up find show what what's whats tell this that بدي اريد ابغي ابي ممكن من في علي"
    " لو سمحت فضلك الان لي عندي ب لعبه حسابي هل ما هو كم اقدر استطيع يمكن يمكنني"
) | (_BEFORE_ACCOUNT | _CURRENCY)


def read_request(text: str) -> Request | None:
    """Return what a text asks for, or None when that is not clear."""
    text = text.strip()
    if text.startswith("/"):
        return _read_command(text)
    spoken = text.split(maxsplit=_MOST_WORDS)
    if not spoken or len(spoken) > _MOST_WORDS:
        return None
    return _read_phrase(spoken)


def read_top_up(argument: str) -> tuple[str, str]:
    """Split "50 player-1001", in either order, into amount and account.

    Either may be empty. Of two numbers the first is the amount.
    """
    tokens = [
        _bare_price(token) for token in argument.split() if fold(token) not in _CURRENCY
    ]
    for index in (0, len(tokens) - 1):
        if tokens and _is_number(tokens[index]):
            return tokens.pop(index), " ".join(tokens)
    return "", " ".join(tokens)


def fold(text: str) -> str:
    """Return the form in which words are compared."""
    plain = unicodedata.normalize("NFKC", text).casefold().translate(_FOLDED)
    return ascii_digits(plain).strip(_EDGES)


def ascii_digits(text: str) -> str:
    """Write the digits of any script as 0 to 9."""
    return "".join(
        sign if (digit := unicodedata.decimal(sign, None)) is None else str(digit)
        for sign in text
    )


def _read_command(text: str) -> Request | None:
    name, _, argument = text[1:].partition(" ")
    name = name.partition("@")[0].casefold()  # Telegram: /topup@the_bot
    if name not in set(Command):
        return None
    return Request(Command(name), argument.strip())


def _read_phrase(spoken: Sequence[str]) -> Request | None:
    folded = [fold(token) for token in spoken]
    said = frozenset(folded)
    if "top" in said and "up" in said:
        said |= {"topup"}
    return (
        _read_switch(folded)
        or _read_language(folded)
        or _read_link(spoken, said)
        or _read_person(folded, said)
        or _read_act(folded, said)
        or _read_thing(spoken, said)
        or _read_question(spoken, said)
        or _read_wish(spoken, said)
    )


def _read_link(spoken: Sequence[str], said: frozenset[str]) -> Request | None:
    """Read "link", perhaps with the code; more words are about something else."""
    if said & _UNLINK and said <= _UNLINK | _LINK:
        return Request(Command.UNLINK)
    if said & _LINK and said & _CANCEL and said <= _LINK | _CANCEL:
        return Request(Command.UNLINK)
    if fold(spoken[0]) not in _LINK:
        return None
    if len(spoken) == 1:
        return Request(Command.LINK)
    is_code = spoken[1:] and read_link_code(spoken[-1])
    return Request(Command.LINK, spoken[-1]) if is_code else None


def _read_person(folded: Sequence[str], said: frozenset[str]) -> Request | None:
    """Read "talk to a person", or one who is named alone: "support", "human"."""
    if said & _PERSON and (said & _TALK or _says_no_more(said, _PERSON)):
        return Request(Command.SUPPORT, _order_no(folded))
    return None


def _read_act(folded: Sequence[str], said: frozenset[str]) -> Request | None:
    if said & _CANCEL and _says_no_more(said, _CANCEL | _CODE):
        return Request(Command.CANCEL)
    if said & _REFUND or (said & _GIVE_BACK and said & _MINE):
        return Request(Command.REFUND, _order_no(folded))
    return None


def _read_thing(spoken: Sequence[str], said: frozenset[str]) -> Request | None:
    if said & _RECEIPT:
        return Request(Command.RECEIPT, _order_no([fold(token) for token in spoken]))
    if said & _BALANCE:
        return Request(Command.BALANCE, _account(spoken))
    if said & _PROBLEM:
        return Request(Command.PROBLEM)
    if said & _CODE:
        return Request(Command.CODE)
    return None


def _read_switch(folded: Sequence[str]) -> Request | None:
    """Read the words that every network's users know, when they stand alone."""
    if len(folded) != 1:
        return None
    if folded[0] in _STOP:
        return Request(Command.STOP)
    return Request(Command.START) if folded[0] in _GO_ON else None


def _read_language(folded: Sequence[str]) -> Request | None:
    if len(folded) == 1 and folded[0] in _LANGUAGES:
        return Request(Command.LANGUAGE, _LANGUAGES[folded[0]])
    return None


def _read_question(spoken: Sequence[str], said: frozenset[str]) -> Request | None:
    if said & _STATUS or (said & _WHERE and said & _MINE):
        return Request(Command.STATUS)
    if said & _STORES:
        known = _STORES | _TOP_UP | _FILLERS
        area = " ".join(token for token in spoken if fold(token) not in known)
        return Request(Command.STORES, area.strip(_EDGES))
    if said & _ORDERS and _says_no_more(said, _ORDERS):
        return Request(Command.ORDERS)
    return None


def _read_wish(spoken: Sequence[str], said: frozenset[str]) -> Request | None:
    priced = [_bare_price(token) for token in spoken]
    amount = next((token for token in priced if _is_number(token)), "")
    has_currency = said & _CURRENCY or any(
        bare != token and bare != fold(token)
        for bare, token in zip(priced, spoken, strict=True)
    )
    if amount and (said & _TOP_UP or has_currency):
        rest = list(priced)
        rest.remove(amount)
        return Request(Command.TOP_UP, f"{amount} {_account(rest)}".strip())
    if said & _HELP:
        return Request(Command.HELP)
    if said & _TOP_UP:
        return Request(Command.TOP_UP, _account(spoken))
    if said & _GREETING:
        return Request(Command.HELLO)
    return None


def _says_no_more(said: frozenset[str], words: frozenset[str]) -> bool:
    return said <= words | _TOP_UP | _MINE | _FILLERS


def _account(spoken: Sequence[str]) -> str:
    """Return the word that looks like an account: it has a digit, or follows "to"."""
    before = ""
    for token in spoken:
        folded = fold(token)
        named = before in _BEFORE_ACCOUNT and folded not in _FILLERS
        if named or any(sign.isdigit() for sign in folded):
            return token.strip(_EDGES)
        before = folded
    return ""


def _order_no(folded: Sequence[str]) -> str:
    """Return the word that is an order's number, or its end after the dash."""
    return next(filter(_ORDER_NO.fullmatch, folded), "")


def _bare_price(token: str) -> str:
    """Return "50" for "50aed" or "AED50"; any other word as it is."""
    match = _PRICE.fullmatch(fold(token))
    return match[1] if match else token


def _is_number(token: str) -> bool:
    return _NUMBER.fullmatch(fold(token)) is not None
