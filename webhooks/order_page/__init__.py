"""The page of an order: what the link shows to whoever has it."""

from webhooks.order_page.parts import PageParts
from webhooks.order_page.routes import order_page

__all__ = ["PageParts", "order_page"]
