"""The ledger in the database."""

from datetime import datetime

from core.database.tables.orders import PostingRow
from core.domain.ledger import Entry


def rows_of(entry: Entry, at: datetime) -> list[PostingRow]:
    """Make the rows of a ledger entry."""
    return [
        PostingRow(
            merchant_order_no=entry.merchant_order_no,
            kind=entry.kind,
            ledger_account=posting.ledger_account,
            amount_fils=posting.amount.fils,
            at=at,
            refund_no=entry.refund_no,
        )
        for posting in entry.postings
    ]
