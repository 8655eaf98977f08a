"""PayBy's result codes, and the refusal that carries one."""

CODES = {
    "SUCCESS": "0",
    "INVALID_PARAMETER": "400",
    "REQUESTTIME_TOO_EARLY": "400",
    "REQUESTTIME_TOO_LATER": "400",
    "RATE_LIMIT_REJECT": "402",
    "UNAUTHORIZED": "403",
    "SERVICE_NOT_AVAILABLE": "404",
    "SYSTEM_ERROR": "500",
    "SERVICE_TIMEOUT": "504",
    "RISK_FAIL": "601",
    "ORDER_PAID": "62001",
    "ORDER_FAILURE": "62002",
    "ORDER_SETTLED": "62003",
    "MERCHANT_ORDER_NO_NOT_EXIST": "62004",
    "REFUND_AMOUNT_EXCEEDED": "62006",
    "REFUND_MERCHANT_ORDER_NO_NOT_EXIST": "62007",
    "EXPIREDTIME_LESS_THAN_REQUESTTIME": "62008",
    "EXPIREDTIME_TOO_LATER": "62009",
    "PAYSCENECODE_ILLEGAL": "62012",
    "STATEMENT_NOT_EXIST": "62013",
    "STATEMENT_NOT_GENERATED": "62014",
    "ORDER_NOT_PAID": "62015",
    "MERCHANT_ORDER_NO_EXIST": "62016",
    "REFUND_MERCHANT_ORDER_NO_EXIST": "62017",
    "PAYEEMID_NOT_EXIST": "62019",
    "PRODUCT_IS_NOT_APPLIED": "62026",
    "ORDER_NO_NOT_EXIST": "62035",
    "REVOKE_FAILURE": "62039",
    "ACQUIRE_ORDER_REVOKED": "62040",
    "ACQUIRE_ORDER_REFUNDED": "62041",
    "MISSING_BUSINESS_TYPE": "62043",
    "INVALID_BUSINESS_TYPE": "62044",
    "REFUND_REJECTED": "62045",
    "REVOKE_REJECTED": "62046",
    "TOKEN_URL_NOT_EXIST": "62082",
    "INVALID_EXPIRED_TIME": "62089",
    "CURRENCY_CODE_NOT_SUPPORTED": "78001",
}
"""Name to number; three names share 400 (PayBy: response codes)."""

NAMES = {number: name for name, number in reversed(CODES.items())}
"""Number to name; of the three the first."""


class Rejected(Exception):
    """PayBy answers with this code instead of doing what was asked."""

    def __init__(self, name: str, detail: str = "") -> None:
        super().__init__(name, detail)
        self.name = name
        self.detail = detail

    @property
    def code(self) -> str:
        """The number PayBy answers with."""
        return CODES[self.name]

    @property
    def msg(self) -> str:
        """The name, and behind a colon what a developer can do about it."""
        return f"{self.name}: {self.detail}" if self.detail else self.name
