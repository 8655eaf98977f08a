"""Our sentences in the payer's language.

The English sentence is the key; `bot/texts/<language>.po` holds the other
languages and is read once, at start.
"""

import gettext
import unicodedata
from datetime import datetime, timedelta
from functools import cache
from io import BytesIO
from pathlib import Path

from babel import Locale
from babel.dates import format_date
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from bot.chats import Language
from bot.messages import BOLD_OFF, BOLD_ON
from core.domain.gulf import GULF
from core.domain.money import Money

LANGUAGES: tuple[Language, ...] = ("en", "ar")

_TEXTS = Path(__file__).parent / "texts"
_LOCALES = {"en": Locale("en", "AE"), "ar": Locale("ar", "AE")}
_METRES_WRITTEN_IN_KM = 1000

_LEFT_TO_RIGHT, _FIRST_STRONG, _END = "\u2066", "\u2068", "\u2069"
_RIGHT_TO_LEFT_MARK = "\u200f"
_CONTROLS = dict.fromkeys(
    [ord(BOLD_ON), ord(BOLD_OFF), *range(0x202A, 0x202F), *range(0x2066, 0x206A)]
)
"""Bold marks and everything that turns the direction of text."""

Value = str | int | Money


class Words:
    """Says our sentences in one language."""

    def __init__(
        self, language: Language, translations: gettext.NullTranslations
    ) -> None:
        self.language = language
        self._translations = translations
        self._locale = _LOCALES[language]

    def say(self, sentence: str, /, **values: Value) -> str:
        """Translate, turn `*…*` into bold, then put the values in.

        Values stay themselves: they can neither add bold nor turn the direction of
        the text around them.
        """
        return self._filled(self._translations.gettext(sentence), values)

    def count(self, one: str, many: str, /, *, count: int, **values: Value) -> str:
        """Say a sentence whose words depend on `count`."""
        chosen = self._translations.ngettext(one, many, count)
        return self._filled(chosen, {"count": count, **values})

    def pick(self, english: str, arabic: str) -> str:
        """Choose between two spellings of a name; English when there is no other."""
        return (arabic or english) if self.language == "ar" else english

    def numbered(self, number: int, text: str) -> str:
        """Write an item of a list, its number on the side where reading begins."""
        mark = _RIGHT_TO_LEFT_MARK if self.language == "ar" else ""
        return f"{mark}{number}. {text}"

    def clock(self, at: datetime) -> str:
        """Write the time of day in the Gulf: "18:40"."""
        return f"{at.astimezone(GULF):%H:%M}"

    def moment(self, at: datetime, now: datetime) -> str:
        """Write a time in the Gulf as seen from `now`: "today 18:40"."""
        local = at.astimezone(GULF)
        days = (local.date() - now.astimezone(GULF).date()) / timedelta(days=1)
        clock = self.clock(at)
        if days == 0:
            return self.say("today {time}", time=clock)
        if days == 1:
            return self.say("tomorrow {time}", time=clock)
        date = format_date(local.date(), "d MMMM", locale=self._locale)
        return self.say("{date}, {time}", date=date, time=clock)

    def date_and_time(self, at: datetime) -> str:
        """Write a time in the Gulf that must read the same for ever."""
        local = at.astimezone(GULF)
        date = format_date(local.date(), "d MMMM y", locale=self._locale)
        return self.say("{date}, {time}", date=date, time=self.clock(at))

    def distance(self, metres: float) -> str:
        """Write a distance as one reads it on a sign: "350 m", "2.4 km"."""
        rounded = round(metres / 10) * 10
        if rounded < _METRES_WRITTEN_IN_KM:
            return self.say("{metres} m", metres=rounded)
        return self.say("{kilometres} km", kilometres=f"{metres / 1000:.1f}")

    def _filled(self, sentence: str, values: dict[str, Value]) -> str:
        return _with_bold(sentence).format(
            **{name: self._shown(value) for name, value in values.items()}
        )

    def _shown(self, value: Value) -> str:
        text = " ".join(str(value).translate(_CONTROLS).split())
        if self.language == "en" and not _is_right_to_left(text):
            return text
        start = _LEFT_TO_RIGHT if text.isascii() else _FIRST_STRONG
        return f"{start}{text}{_END}"


def language_called(asked: object) -> Language | None:
    """Return the language that was asked for; None for any that we do not speak."""
    return next((each for each in LANGUAGES if each == asked), None)


@cache
def words_in(language: Language) -> Words:
    """Return the words of a language; the file is read the first time only."""
    return Words(language, _translations(language))


def _translations(language: Language) -> gettext.NullTranslations:
    if language == "en":
        return gettext.NullTranslations()
    compiled = BytesIO()
    with (_TEXTS / f"{language}.po").open("rb") as file:
        write_mo(compiled, read_po(file, locale=language))
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


def _with_bold(sentence: str) -> str:
    parts = sentence.split("*")
    marks = (BOLD_ON if index % 2 else BOLD_OFF for index in range(1, len(parts)))
    return parts[0] + "".join(
        mark + part for mark, part in zip(marks, parts[1:], strict=True)
    )


def _is_right_to_left(text: str) -> bool:
    return any(unicodedata.bidirectional(sign) in {"R", "AL"} for sign in text)
