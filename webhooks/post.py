"""Those who bring messages to people that did not just write to us."""

from dataclasses import dataclass

from bot.courier import Courier
from bot.elsewhere import Elsewhere
from bot.outbox import Outbox
from bot.refund_post import RefundPost
from core.ports import Support
from webhooks.books import Books
from webhooks.ground import Ground


@dataclass(frozen=True, kw_only=True)
class Post:
    """Who tells payers of their money, and support of what only a person can do."""

    courier: Courier
    outbox: Outbox
    refund_post: RefundPost
    support: Support


def post_on(ground: Ground, books: Books, courier: Courier, support: Support) -> Post:
    """Make the post; what cannot be told to a payer goes to support."""
    elsewhere = Elsewhere(courier, books.links)
    refund_post = RefundPost(
        courier=courier,
        elsewhere=elsewhere,
        messages=books.messages,
        chats=books.chats,
        orders=books.orders,
        refunds=books.refunds,
        support=support,
        store_by_id=ground.stores.by_id,
    )
    outbox = Outbox(
        courier=courier,
        elsewhere=elsewhere,
        refund_post=refund_post,
        messages=books.messages,
        chats=books.chats,
        orders=books.orders,
        accounts=books.accounts,
        support=support,
        shop=ground.shop,
        lifetime=ground.terms.lifetime,
        clock=ground.clock,
    )
    return Post(
        courier=courier, outbox=outbox, refund_post=refund_post, support=support
    )
