"""Names of areas as people type them, in English or Arabic."""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from core.domain.stores import Store

_WORD = re.compile(r"\w+")
_ALIKE = str.maketrans("ةى", "هي")
_TATWEEL = "ـ"
_ARTICLES = {"al", "el"}
_ARABIC_ARTICLE = "ال"
_SHORTEST_PART = 3

Words = frozenset[str]


@dataclass(frozen=True)
class _Place:
    """An area of a city: its names in both languages, and the stores there."""

    names: frozenset[Words]
    stores: Sequence[Store]

    def told(self, said: Words) -> int:
        """Count the said words that name the area, the city or both."""
        return len(Words().union(*(name for name in self.names if name <= said)))


class AreaBook:
    """Stores by the words of their area and city."""

    def __init__(self, stores: Iterable[Store]) -> None:
        places: dict[tuple[str, ...], list[Store]] = defaultdict(list)
        for store in stores:
            cities = (_city(store.address), _city(store.address_ar))
            places[store.area, store.area_ar, *cities].append(store)
        self._places = [
            _Place(frozenset(bare(words_of(name)) for name in names), there)
            for names, there in places.items()
        ]
        written = [words_of(name) for names in places for name in names]
        self._glued = {"".join(words): bare(words) for words in written}

    def find(self, text: str) -> Sequence[Store]:
        """Return the stores of the area that the text names; none for no area.

        A text may say more than the name ("I am in Deira") or less ("Nahda" for
        "Al Nahda 2"). What names the most of a place wins: "Al Nahda, Dubai" is
        neither all of Dubai nor the Al Nahda of Sharjah.
        """
        said = self._said(text)
        told = [place.told(said) for place in self._places]
        if most := max(told, default=0):
            best = (
                place
                for place, words in zip(self._places, told, strict=True)
                if words == most
            )
        elif any(len(word) >= _SHORTEST_PART and word.isalpha() for word in said):
            best = (
                place
                for place in self._places
                if any(said < name for name in place.names)
            )
        else:
            return ()
        return [store for place in best for store in place.stores]

    def _said(self, text: str) -> Words:
        """Read the words, and names split or joined otherwise: "Abudhabi"."""
        words = words_of(text)
        said = bare(words)
        for before, word in zip(("", *words), words, strict=False):
            for glued in (word, before + word):
                said |= self._glued.get(glued, Words())
        return said


def _city(address: str) -> str:
    return address.replace("،", ",").rpartition(",")[2]


def words_of(text: str) -> Sequence[str]:
    """Split into words without case, accents, hamzas or another script's digits."""
    letters = "".join(
        str(unicodedata.decimal(sign, sign))
        for sign in unicodedata.normalize("NFKD", text.casefold())
        if not unicodedata.combining(sign) and sign != _TATWEEL
    )
    return _WORD.findall(letters.translate(_ALIKE))


def bare(words: Iterable[str]) -> Words:
    """Return the words without articles, in either language."""
    return frozenset(
        word.removeprefix(_ARABIC_ARTICLE) or word
        for word in words
        if word not in _ARTICLES
    )
