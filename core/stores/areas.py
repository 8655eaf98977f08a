"""Names of areas as people type them, in English or Arabic."""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Sequence

from core.domain.stores import Store

_WORD = re.compile(r"\w+")
_ALIKE = str.maketrans("أإآةى", "ااا" + "هي")
_TATWEEL = "ـ"
_ARTICLES = {"al", "el"}
_ARABIC_ARTICLE = "ال"
_SHORTEST_PART = 3

Words = frozenset[str]


class AreaBook:
    """Stores by the words of their area and city."""

    def __init__(self) -> None:
        self._stores: dict[Words, list[Store]] = defaultdict(list)

    def add(self, store: Store) -> None:
        """Let the store be found by its area and by its city, in both languages."""
        names = (
            store.area,
            store.area_ar,
            _city(store.address),
            _city(store.address_ar),
        )
        for words in {_words(name) for name in names}:
            if words:
                self._stores[words].append(store)

    def find(self, text: str) -> Sequence[Store]:
        """Return the stores of the area that the text names; none for no area.

        A text may say more than the name ("I am in Deira") or less ("Nahda" for
        "Al Nahda 2"); the name itself goes first.
        """
        words = _words(text)
        if not words:
            return ()
        if words in self._stores:
            return self._stores[words]
        said_more = [area for area in self._stores if area < words]
        if said_more:
            return self._stores[max(said_more, key=len)]
        if not any(len(word) >= _SHORTEST_PART for word in words):
            return ()
        said_less = [area for area in self._stores if words < area]
        return [store for area in said_less for store in self._stores[area]]


def _city(address: str) -> str:
    return address.replace("،", ",").rpartition(",")[2]


def _words(text: str) -> Words:
    decomposed = unicodedata.normalize("NFKD", text.casefold().translate(_ALIKE))
    letters = "".join(
        sign
        for sign in decomposed
        if not unicodedata.combining(sign) and sign != _TATWEEL
    )
    return frozenset(
        word.removeprefix(_ARABIC_ARTICLE) or word
        for word in _WORD.findall(letters)
        if word not in _ARTICLES
    )
