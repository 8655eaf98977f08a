"""A seed decides what shall happen."""

from collections import Counter
from functools import partial

from tests.chaos.helps import Help
from tests.chaos.plan import drawn, network_of
from tests.networks import TELEGRAM, WHATSAPP

run = partial(drawn, orders=300, seconds=60, kills=5, accounts=300)


def test_the_same_seed_draws_the_same_run():
    assert run(7) == run(7)


def test_another_seed_draws_another_run():
    assert run(7).wishes != run(8).wishes


def test_a_full_run_kills_several_times_and_spoils_calls_of_every_kind():
    plan = run(7)
    assert len(plan.kills) == 5
    assert {trouble.target for trouble in plan.troubles} >= {
        "payby.placeOrder",
        "payby.getOrder",
        "payby.notify",
        "telegram.sendMessage",
        "telegram.sendPhoto",
        "twilio.messages",
        "twilio.status",
    }


def test_half_of_the_payers_write_on_whatsapp():
    networks = Counter(network_of(wish.phone) for wish in run(7).wishes)
    assert networks.total() == len({wish.phone for wish in run(7).wishes}) == 300
    assert min(networks[TELEGRAM], networks[WHATSAPP]) > 100


def test_support_is_called_for_everything_and_now_and_then_two_people_at_once():
    plan = run(7)
    assert {call.help for call in plan.calls} == set(Help)
    assert {len(call.clerks) for call in plan.calls} == {1, 2}
