"""One question proves that PayBy and we understand each other, or tells why not."""

from dataclasses import replace
from datetime import timedelta

from cryptography.hazmat.primitives.asymmetric import rsa

from core.payby.ping import ping
from tests.contract.payby.conftest import Clock


async def test_a_ping_proves_the_connection(world, http, merchant):
    report = await ping(http, merchant, Clock())
    assert report.ok, report.sentence
    assert report.clock_ahead is not None
    assert abs(report.clock_ahead) < timedelta(seconds=3)


async def test_a_ping_tells_what_is_wrong(world, http, merchant):
    stranger = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    late, early = Clock(timedelta(minutes=-20)), Clock(timedelta(minutes=20))
    here = Clock()
    wrong = [
        (replace(merchant, private_key=stranger), here, "portal does not belong"),
        (
            replace(merchant, payby_public_key=stranger.public_key()),
            here,
            "not the one of this environment",
        ),
        (replace(merchant, partner_id="200000000999"), here, "refuses Partner-Id"),
        (replace(merchant, base_url=f"{world.url}/api"), here, "ends in /sgs/api"),
        (replace(merchant, base_url="https://127.0.0.1:9"), here, "can't be reached"),
        (merchant, late, "(behind)"),
        (merchant, early, "(ahead)"),
    ]
    for settings, clock, sentence in wrong:
        report = await ping(http, settings, clock)
        assert not report.ok
        assert sentence in report.sentence


async def test_a_server_without_tls_is_told_from_one_that_is_not_there(
    world, http, merchant
):
    secure = replace(merchant, base_url=world.url.replace("http:", "https:"))
    report = await ping(http, secure, Clock())
    assert not report.ok
    assert "No secure connection" in report.sentence
