"""What each call's bizContent must look like; whatever else it carries is ignored.

Lengths, character sets and required fields are those of PayBy's field tables. Only
JSON numbers are amounts and times: the official PHP SDK's strings are refused.
"""

from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal, Self, TypeVar

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    model_validator,
)
from pydantic.alias_generators import to_camel

from sandbox.payby.codes import Rejected

_MOST_DIGITS = 12
_MOST_DECIMALS = 2


def _positive_amount(value: object) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise ValueError("must be a JSON number")  # noqa: TRY004 pydantic reports it
    amount = Decimal(value)
    places = amount.as_tuple().exponent
    if not isinstance(places, int) or not -_MOST_DECIMALS <= places <= 0:
        raise ValueError("must have at most two decimals and no exponent")
    if amount <= 0 or amount >= 10**_MOST_DIGITS:
        raise ValueError("must be positive, with at most 12 digits before the point")
    return amount


def _day(value: str) -> str:
    date.fromisoformat(value)
    return value


Amount = Annotated[Decimal, BeforeValidator(_positive_amount)]
Number = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,64}$")]
PayByNumber = Annotated[str, StringConstraints(min_length=1, max_length=32)]
Millis = Annotated[int, Field(ge=0, lt=10**14)]
NotifyUrl = Annotated[str, StringConstraints(pattern=r"^https?://\S+$", max_length=200)]
Day = Annotated[
    str, StringConstraints(pattern=r"^\d{4}-\d\d-\d\d$"), AfterValidator(_day)
]
CompactDay = Annotated[str, StringConstraints(pattern=r"^\d{8}$"), AfterValidator(_day)]
Text20 = Annotated[str, StringConstraints(max_length=20)]
Text64 = Annotated[str, StringConstraints(max_length=64)]
Text200 = Annotated[str, StringConstraints(max_length=200)]
Subject = Annotated[str, StringConstraints(min_length=1, max_length=64)]


class BizContent(BaseModel):
    """The part of a request that differs from call to call."""

    model_config = ConfigDict(
        frozen=True, strict=True, extra="ignore", alias_generator=to_camel
    )


class Money(BizContent):
    """An amount in dirhams."""

    amount: Amount
    currency: Literal["AED"]


class PlaceOrder(BizContent):
    """Create Order."""

    merchant_order_no: Number
    subject: Subject
    subject_ar: Text200 | None = None
    total_amount: Money
    expired_time: Millis | None = None
    pay_scene_code: str
    pay_scene_params: dict[str, Any] | None = None
    notify_url: NotifyUrl | None = None
    payee_mid: Text20 | None = None
    reserved: Text200 | None = None
    accessory_content: dict[str, Any] | None = None


class OneOrder(BizContent):
    """An order, by the merchant's number or by PayBy's."""

    merchant_order_no: Number | None = None
    order_no: PayByNumber | None = None

    @model_validator(mode="after")
    def _exactly_one(self) -> Self:
        if (self.merchant_order_no is None) == (self.order_no is None):
            raise ValueError("give merchantOrderNo or orderNo, not both")
        return self


class UpdateExpiredTime(OneOrder):
    """Change expiry."""

    expired_time: Millis


class PlaceRefund(BizContent):
    """Refund an order, in full or in part."""

    refund_merchant_order_no: Number
    origin_merchant_order_no: Number | None = None
    origin_order_no: PayByNumber | None = None
    amount: Money
    reason: Text64 | None = None
    operator_name: Text200 | None = None
    notify_url: NotifyUrl | None = None

    @model_validator(mode="after")
    def _exactly_one(self) -> Self:
        if (self.origin_merchant_order_no is None) == (self.origin_order_no is None):
            raise ValueError("give originMerchantOrderNo or originOrderNo, not both")
        return self


class OneRefund(BizContent):
    """A refund, by the merchant's number or by PayBy's."""

    refund_merchant_order_no: Number | None = None
    order_no: PayByNumber | None = None

    @model_validator(mode="after")
    def _exactly_one(self) -> Self:
        if (self.refund_merchant_order_no is None) == (self.order_no is None):
            raise ValueError("give refundMerchantOrderNo or orderNo, not both")
        return self


class CashierUrl(BizContent):
    """Ask whether a QR was scanned."""

    token_url: Text200


class SortPage(BizContent):
    """Which page, and how long."""

    number: Annotated[int, Field(ge=0)] = 0
    size: Annotated[int, Field(ge=1, le=1000)]


class DayRange(BizContent):
    """Orders or refunds requested on these business days, both included."""

    start_date: Day
    end_date: Day
    include_status_list: list[str] = []
    device_id_list: list[str] = []
    sort_page_param: SortPage

    @model_validator(mode="after")
    def _forwards(self) -> Self:
        if self.start_date > self.end_date:
            raise ValueError("startDate must not be after endDate")
        return self


class Statement(BizContent):
    """The statement of one business day."""

    statement_date: CompactDay


class Balance(BizContent):
    """The merchant's balance."""

    currency_code: str


Content = TypeVar("Content", bound=BizContent)


def parse(kind: type[Content], biz_content: object) -> Content:
    """Read a bizContent; raises Rejected with the first field that is wrong."""
    try:
        return kind.model_validate(biz_content)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = ".".join(["bizContent", *map(str, first["loc"])])
        reason = first["msg"].removeprefix("Value error, ")
        raise Rejected("INVALID_PARAMETER", f"{place}: {reason}") from None
