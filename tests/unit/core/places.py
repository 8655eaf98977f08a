"""Stores for tests."""

from core.domain.stores import Store


def store_at(latitude: float, longitude: float, **facts: str) -> Store:
    """A store that says no more than asked, always open."""
    texts = dict.fromkeys(
        ("name_ar", "address", "address_ar", "area", "area_ar", "phone"), ""
    )
    texts |= {"id": "s1", "name": "Store", "hours": "24/7"} | facts
    return Store(latitude=latitude, longitude=longitude, is_sample=True, **texts)
