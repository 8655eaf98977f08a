"""Settings that cannot work refuse to start, each with a sentence that names it."""

import re
from datetime import timedelta
from pathlib import Path

import pytest

from core.domain.money import Money
from core.domain.terms import Lifetime, Pace
from webhooks.settings import BadSettings, Settings, read_settings

EXAMPLE = Path(__file__).parents[3] / ".env.example"
LINE = re.compile(r"(#?)TOPUP_([A-Z0-9_]+)=(.*)")
TOKEN = f"12345678:{'A' * 35}"
GOOD = {
    "PUBLIC_URL": "https://topup.shop.ae/",
    "SHOP_NAME": "Oasis Games",
    "PRODUCT": "Game top-up",
    "PAYBY_PARTNER_ID": "200000000888",
    "PAYBY_MERCHANT_KEY_FILE": "merchant.pem",
    "PAYBY_PUBLIC_KEY_FILE": "payby.pem",
    "TELEGRAM_TOKEN": TOKEN,
    "TELEGRAM_WEBHOOK_SECRET": "s" * 16,
}


@pytest.fixture(autouse=True)
def _nothing_set_around_us(monkeypatch):
    for name in Settings.model_fields:
        monkeypatch.delenv(f"TOPUP_{name.upper()}", raising=False)


@pytest.fixture
def read(tmp_path):
    """Read settings as a file would hold them."""

    def read(**changed: str | None) -> Settings:
        lines = {**GOOD, **changed}
        text = "\n".join(
            f"TOPUP_{name}='{value}'"
            for name, value in lines.items()
            if value is not None
        )
        (tmp_path / ".env").write_text(text, encoding="utf-8")
        return read_settings(tmp_path / ".env")

    return read


def test_good_settings_are_read(read):
    settings = read(MINIMUM="5.50", ORDER_HOURS="2")
    assert settings.notify_url == "https://topup.shop.ae/payby/notices"
    assert settings.telegram_webhook_url == "https://topup.shop.ae/telegram/updates"
    assert (settings.least, settings.most) == (Money(550), Money(200_000))
    assert settings.lifetime.first == timedelta(hours=2)
    assert settings.bot_id == 12345678
    assert settings.payee_mid == "200000000888"
    assert read(PAYBY_PAYEE_MID="200000000999").payee_mid == "200000000999"


def test_how_long_a_code_lives_is_the_merchants_to_say(read):
    settings = read(
        ORDER_HOURS="12",
        EXTENSION_HOURS="6",
        LONGEST_HOURS="36",
        REMINDER_HOURS="1.5",
    )
    assert settings.lifetime == Lifetime(
        first=timedelta(hours=12),
        extension=timedelta(hours=6),
        longest=timedelta(hours=36),
        reminder=timedelta(minutes=90),
    )


def test_a_code_cannot_live_longer_at_first_than_at_most(read):
    with pytest.raises(BadSettings, match="TOPUP_LONGEST_HOURS is below"):
        read(ORDER_HOURS="24", LONGEST_HOURS="23")


def test_support_may_have_a_chat(read):
    assert read().support_conversation == ""
    assert read(SUPPORT_CHAT="-1001234567").support_conversation == "tg:-1001234567"


def test_a_rehearsal_may_run_faster_and_real_money_may_not(read):
    rehearsal = read(ENVIRONMENT="test", REHEARSAL_SPEED="60")
    assert rehearsal.lifetime.first == timedelta(minutes=24)
    assert rehearsal.pace == Pace().faster(60)
    with pytest.raises(BadSettings, match="TOPUP_REHEARSAL_SPEED must be 1"):
        read(REHEARSAL_SPEED="60")


def test_the_environment_goes_before_the_file(read, monkeypatch):
    monkeypatch.setenv("TOPUP_PORT", "9001")
    assert read(PORT="9000").port == 9001


@pytest.mark.parametrize("name", GOOD)
def test_a_missing_setting_is_named(read, name):
    with pytest.raises(BadSettings, match=rf"TOPUP_{name}: Field required"):
        read(**{name: None})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ENVIRONMENT", "prod"),
        ("PORT", "0"),
        ("PORT", "65536"),
        ("PORT", "http"),
        ("PUBLIC_URL", "topup.shop.ae"),
        ("PUBLIC_URL", "ftp://topup.shop.ae"),
        ("PUBLIC_URL", "https://"),
        ("PUBLIC_URL", "https://[::1"),
        ("WORKER", ""),
        ("DATABASE_URL", "mysql://localhost/x"),
        ("DATABASE_URL", "topup.sqlite"),
        ("ENGINE_DATABASE_URL", "oracle://x"),
        ("LOG_JSON", "perhaps"),
        ("METRICS_TOKEN", "short"),
        ("METRICS_TOKEN", "spaces are not allowed"),
        ("HEARTBEAT_URL", "hc-ping.com/secret"),
        ("SHOP_NAME", ""),
        ("SHOP_NAME", "x" * 41),
        ("PRODUCT", ""),
        ("MINIMUM", "0"),
        ("MINIMUM", "-5"),
        ("MINIMUM", "five"),
        ("MINIMUM", "5.005"),
        ("MAXIMUM", "NaN"),
        ("PAYER_DAY_MAXIMUM", "-1"),
        ("ACCOUNT_MONTH_MAXIMUM", "0.005"),
        ("FIRST_HOURS", "0"),
        ("OPEN_CODES_MAXIMUM", "-1"),
        ("ORDER_HOURS", "0"),
        ("ORDER_HOURS", "48"),
        ("EXTENSION_HOURS", "0"),
        ("LONGEST_HOURS", "361"),
        ("REMINDER_HOURS", "-1"),
        ("SUPPORT_CHAT", "@support"),
        ("REHEARSAL_SPEED", "0"),
        ("PAYBY_LOOKS_PER_SECOND", "0"),
        ("PAYBY_URL", "api.payby.com"),
        ("PAYBY_PARTNER_ID", "20000000088"),
        ("PAYBY_PARTNER_ID", "2000000008888"),
        ("PAYBY_PARTNER_ID", "٢٠٠٠٠٠٠٠٠٨٨٨"),
        ("TELEGRAM_TOKEN", "12345"),
        ("TELEGRAM_TOKEN", f"²:{'A' * 35}"),
        ("TELEGRAM_TOKEN", f"{TOKEN} "),
        ("TELEGRAM_WEBHOOK_SECRET", "short"),
        ("TELEGRAM_WEBHOOK_SECRET", "s" * 257),
        ("TELEGRAM_WEBHOOK_SECRET", "spaces are not allowed"),
        ("TELEGRAM_MODE", "carrier pigeon"),
        ("TELEGRAM_PUSHES_PER_SECOND", "0"),
        ("WHATSAPP_PUSHES_PER_SECOND", "0"),
    ],
)
def test_a_setting_that_cannot_work_is_named(read, name, value):
    with pytest.raises(BadSettings) as caught:
        read(**{name: value})
    first, *faults = str(caught.value).splitlines()
    assert "Mend them in" in first
    assert [fault.partition(":")[0].strip() for fault in faults] == [f"TOPUP_{name}"]


def test_limits_that_leave_no_amount_are_refused(read):
    with pytest.raises(BadSettings, match="TOPUP_MINIMUM is above TOPUP_MAXIMUM"):
        read(MINIMUM="10", MAXIMUM="9.99")


def test_all_faults_are_told_at_once(read):
    with pytest.raises(BadSettings) as caught:
        read(PORT="0", PAYBY_PARTNER_ID="1", SHOP_NAME=None)
    assert len(str(caught.value).splitlines()) == 4


@pytest.mark.parametrize("name", ["PUBLIC_URL", "PAYBY_URL", "TELEGRAM_URL"])
@pytest.mark.parametrize(
    "url",
    [
        "http://api.payby.com",
        "https://127.0.0.1:9000",
        "https://127.9.9.9",
        "https://localhost",
        "https://sandbox.localhost",
        "https://[::1]/sgs/api",
        "https://10.0.0.8",
        "https://0.0.0.0",
    ],
)
def test_production_refuses_a_sandbox(read, name, url):
    with pytest.raises(BadSettings, match=f"TOPUP_{name} must be a public https"):
        read(**{name: url})
    assert read(**{name: url, "ENVIRONMENT": "demo"}).environment == "demo"


def test_no_fault_and_no_repr_tells_a_secret(read):
    secrets = ["sesame-open-sesame!", "7654321:sesame"]
    with pytest.raises(BadSettings) as caught:
        read(TELEGRAM_WEBHOOK_SECRET=secrets[0], TELEGRAM_TOKEN=secrets[1])
    assert "sesame" not in str(caught.value)
    assert caught.value.__cause__ is None
    shown = repr(read(TELEGRAM_WEBHOOK_SECRET="sesame-open-sesame"))
    assert "sesame" not in shown
    assert TOKEN not in shown


def example() -> dict[str, tuple[bool, str]]:
    """Read the example: whether each setting may be left out, and what it shows."""
    lines = EXAMPLE.read_text(encoding="utf-8").splitlines()
    found = [match for line in lines if (match := LINE.fullmatch(line))]
    return {match[2].lower(): (bool(match[1]), match[3]) for match in found}


def test_the_example_shows_every_setting_and_no_other():
    assert list(example()) == list(Settings.model_fields)


def test_the_example_says_what_holds_when_a_setting_is_left_out():
    for name, (optional, shown) in example().items():
        field = Settings.model_fields[name]
        assert optional is not field.is_required(), name
        if optional:
            assert shown.lower() == str(field.default).lower(), name


def test_every_setting_of_the_example_has_its_sentence_above_it():
    blocks = EXAMPLE.read_text(encoding="utf-8").split("\n\n")
    for block in blocks[1:]:
        assert re.match(r"# \w", block), block
        for line in block.splitlines():
            assert line.startswith("# ") or LINE.fullmatch(line), line


def test_the_example_does_not_start_before_its_gaps_are_filled():
    with pytest.raises(BadSettings) as caught:
        read_settings(EXAMPLE)
    gaps = re.findall(r"TOPUP_\w+", str(caught.value))
    assert gaps == [
        "TOPUP_PAYBY_PARTNER_ID",
        "TOPUP_TELEGRAM_TOKEN",
        "TOPUP_TELEGRAM_WEBHOOK_SECRET",
    ]


def test_the_secret_address_of_the_heartbeat_is_encrypted_and_in_no_fault(read):
    assert read(HEARTBEAT_URL="https://hc-ping.com/secret").heartbeat_url
    with pytest.raises(BadSettings, match="must be https") as caught:
        read(HEARTBEAT_URL="http://hc-ping.com/secret")
    assert "hc-ping" not in str(caught.value)
