"""Names of stores as people type them, whole or in part, in English or Arabic."""

from collections.abc import Iterable, Sequence

from core.domain.stores import Store
from core.stores.areas import bare, words_of


class NameBook:
    """Stores by the words of their names."""

    def __init__(self, stores: Iterable[Store]) -> None:
        self._named = [
            (" ".join(bare(words_of(name))), store)
            for store in stores
            for name in {store.name, store.name_ar}
        ]

    def find(self, text: str, count: int) -> Sequence[Store]:
        """Return up to `count` stores in whose name all words are.

        They may come in any order and be cut short: "owl mart", "mart ow", "grocer".
        """
        said = bare(words_of(text))
        found: dict[str, Store] = {}
        for name, store in self._named:
            if said and all(word in name for word in said):
                found[store.id] = store
            if len(found) == count:
                break
        return list(found.values())
