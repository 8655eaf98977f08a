"""The stores: read from a file, found by place, open or closed."""

from core.stores.files import StoreFileError, parse_csv, parse_geojson
from core.stores.index import Found, StoreIndex

__all__ = ["Found", "StoreFileError", "StoreIndex", "parse_csv", "parse_geojson"]
