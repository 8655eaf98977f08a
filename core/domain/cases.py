"""What only a person can set right."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class CaseKind(StrEnum):
    """What support is asked to look at."""

    CREATION_UNCLEAR = "creation_unclear"  # a code may exist that nobody was shown
    QUERY_FAILING = "query_failing"  # PayBy does not say what became of a code
    CANCEL_FAILING = "cancel_failing"  # PayBy does not call the code off
    REFUSED_BY_PAYBY = "refused_by_payby"  # our keys, clock or rights are wrong
    HELD = "held"  # paid, and the account cannot be credited
    CONTRADICTION = "contradiction"  # PayBy's word does not fit our order
    REVOKED = "revoked"  # PayBy gave back what a payer had paid
    STRANGER = "stranger"  # a notice about no order of ours
    NOT_TOLD = "not_told"  # a result may never have reached its payer
    NO_TEMPLATE = "no_template"  # a result that no approved sentence could tell
    TEMPLATE_LOST = "template_lost"  # Meta does not approve a sentence any more
    REFUND_ASKED = "refund_asked"  # a payer wants the money back
    REFUND_FAILING = "refund_failing"  # PayBy does not give money back, or not say
    REFUNDED_ELSEWHERE = "refunded_elsewhere"  # given back at PayBy, not from here
    ACCOUNT_SPENT = "account_spent"  # given back, and the account did not hold it
    PAID_THERE_ONLY = "paid_there_only"  # PayBy's statement has it, our books do not
    PAID_HERE_ONLY = "paid_here_only"  # our books have it, PayBy's statement does not
    AMOUNT_DIFFERS = "amount_differs"  # statement, ledger and credit are not one sum
    CREDIT_MISSING = "credit_missing"  # paid by all books, and no account credited
    REFUND_MISSING_HERE = "refund_missing_here"  # given back there, not booked here
    REFUND_MISSING_THERE = "refund_missing_there"  # booked here, not given back there
    UNKNOWN_NUMBER = "unknown_number"  # in the statement, and no order or kind we know
    STATEMENT_MISSING = "statement_missing"  # PayBy has none of a day, or none whole
    TALK = "talk"  # a payer wants to talk to a person


@dataclass(frozen=True, kw_only=True)
class Case:
    """One thing for support to look at."""

    number: int
    kind: CaseKind
    merchant_order_no: str
    conversation_id: str
    """The payer's chat; empty when no order of ours is concerned."""
    facts: dict[str, str] = field(default_factory=dict)
    opened_at: datetime
    closed_at: datetime | None = None
    """When somebody said that nothing is left to do, or the books agreed."""
