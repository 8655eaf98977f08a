"""What can go wrong, named for what the caller should do.

TopUpError
├── GatewayError            PayBy did not do what was asked
│   ├── GatewayUnavailable  certainly not done: try again, same number
│   │   ├── GatewayResting      not even asked: PayBy has not answered for a while
│   │   └── GatewayRefusesUs    our keys, clock or rights are wrong: a person must look
│   ├── OutcomeUnknown      may have been done: ask PayBy, never guess
│   └── GatewayRejected     final: PayBy's code says why
├── BadSignature            do not believe a word of it
├── IllegalMove             the order cannot go there from where it is
├── OrderNotFound           no order under that number
├── RefundNotFound          no refund under that number
├── AccountNotCreditable    no such online account, or it is closed
├── AmountOutOfLimits       less or more than one order may be
├── OverLimit               more than payer, chat or account may have, or too fast
├── Frozen                  support has stopped top-ups of the payer or the account
├── CodeIsLive              the payer has a code for that account that can be paid
├── AtTheTill               a cashier has the code on the POS just now
├── NotRefundable           money of the order cannot go back, and why
├── AccountSpent            the account holds less than is to be taken from it
├── NothingToCredit         the money of the order is on its way back
└── CannotExtend            the code lives as long as it may, or has ended

Every error passes all its arguments on, positionally: the engine stores errors
by pickle.
"""

from core.domain.limits import Breach
from core.domain.money import Money


class TopUpError(Exception):
    """Base of all errors of the product."""


class GatewayError(TopUpError):
    """PayBy did not do what was asked."""

    def __init__(self, message: str, code: str = "", order_no: str = "") -> None:
        super().__init__(message, code, order_no)
        self.message = message
        self.code = code
        self.order_no = order_no

    def __str__(self) -> str:
        """Say it in one line, with PayBy's code and our number where known."""
        facts = [f"code {self.code}" if self.code else "", self.order_no]
        known = ", ".join(fact for fact in facts if fact)
        return f"{self.message} ({known})" if known else self.message


class GatewayUnavailable(GatewayError):
    """Certainly not done; the same request may be sent again."""


class GatewayResting(GatewayUnavailable):
    """Not asked, since PayBy has not answered for a while; try again later."""


class GatewayRefusesUs(GatewayUnavailable):
    """Certainly not done, and our own keys, clock or rights are the reason."""


class OutcomeUnknown(GatewayError):
    """May have been done; only PayBy can tell."""


class GatewayRejected(GatewayError):
    """Refused for good; `code` is PayBy's."""


class BadSignature(TopUpError):
    """The bytes were not signed by who they claim to be from."""


class IllegalMove(TopUpError):
    """An order cannot go from one status to another."""

    def __init__(self, merchant_order_no: str, status: str, wanted: str) -> None:
        super().__init__(merchant_order_no, status, wanted)
        self.merchant_order_no = merchant_order_no

    def __str__(self) -> str:
        """Say which order, from where, to where."""
        number, status, wanted = self.args
        return f"order {number} is {status} and cannot become {wanted}"


class OrderNotFound(TopUpError):
    """No order of ours has that number."""


class RefundNotFound(TopUpError):
    """No refund that we know of has that number."""


class AccountNotCreditable(TopUpError):
    """The online account does not exist or is closed."""

    def __init__(self, account_id: str, closed: bool) -> None:  # noqa: FBT001  (pickled by position)
        super().__init__(account_id, closed)
        self.account_id = account_id
        self.closed = closed


class AmountOutOfLimits(TopUpError):
    """The amount is below the minimum or above the maximum of one order."""

    def __init__(self, minimum: Money, maximum: Money) -> None:
        super().__init__(minimum, maximum)
        self.minimum = minimum
        self.maximum = maximum


class OverLimit(TopUpError):
    """One order may be that much, but this payer or account may not have it now."""

    def __init__(self, breach: Breach) -> None:
        super().__init__(breach)
        self.breach = breach

    def __str__(self) -> str:
        """Say which limit, and what is left."""
        return f"the limit {self.breach.rule} leaves {self.breach.room}"


class Frozen(TopUpError):
    """Support has stopped this payer's top-ups, or those to this account."""

    def __init__(self, subject: str) -> None:
        super().__init__(subject)
        self.subject = subject

    def __str__(self) -> str:
        """Say what is stopped."""
        return f"top-ups of this {self.subject.partition(':')[0]} are stopped"


class CodeIsLive(TopUpError):
    """The payer has a code for that account already, and it may still be paid."""

    def __init__(self, merchant_order_no: str) -> None:
        super().__init__(merchant_order_no)
        self.merchant_order_no = merchant_order_no


class AtTheTill(TopUpError):
    """A cashier has the order's code on the POS, so it is not called off now."""


class CannotExtend(TopUpError):
    """The order's code lives as long as it may already, or has ended."""


class NotRefundable(TopUpError):
    """Money of the order cannot go back as was asked; nothing was done."""

    def __init__(self, merchant_order_no: str, obstacle: str) -> None:
        super().__init__(merchant_order_no, obstacle)
        self.merchant_order_no = merchant_order_no
        self.obstacle = obstacle
        """One of core.domain.refunds.Obstacle."""


class AccountSpent(TopUpError):
    """The online account holds less than is to be taken from it."""

    def __init__(self, account_id: str, holds: Money) -> None:
        super().__init__(account_id, holds)
        self.account_id = account_id
        self.holds = holds


class NothingToCredit(TopUpError):
    """All of the order's money is set aside or has gone back."""
