import pytest

from sandbox.faults import Fault, Faults, UnknownFault


@pytest.fixture
def faults() -> Faults:
    faults = Faults()
    faults.offer(["payby.getOrder", "payby.placeOrder"], {"slow", "timeout"})
    return faults


def test_a_fault_is_taken_as_often_as_asked(faults: Faults):
    faults.add(Fault(target="payby.getOrder", mode="slow", times=3))
    taken = [faults.take("payby.getOrder") for _ in range(4)]
    assert [fault and fault.mode for fault in taken] == ["slow", "slow", "slow", None]


def test_faults_of_a_target_come_in_the_order_they_were_added(faults: Faults):
    faults.add(Fault(target="payby.getOrder", mode="slow"))
    faults.add(Fault(target="payby.getOrder", mode="timeout"))
    taken = [faults.take("payby.getOrder") for _ in range(2)]
    assert [fault and fault.mode for fault in taken] == ["slow", "timeout"]


def test_a_fault_spoils_only_its_target(faults: Faults):
    faults.add(Fault(target="payby.getOrder", mode="slow"))
    assert faults.take("payby.placeOrder") is None
    assert len(faults.waiting()) == 1


def test_an_aimed_fault_waits_for_the_call_that_is_about_this_one(faults: Faults):
    faults.add(Fault(target="payby.getOrder", mode="slow", about="order-1"))
    faults.add(Fault(target="payby.getOrder", mode="timeout"))
    calls = ["order-2", "", "order-1"]
    taken = [faults.take("payby.getOrder", about) for about in calls]
    assert [fault and fault.mode for fault in taken] == ["timeout", None, "slow"]


def test_cleared_faults_are_never_taken(faults: Faults):
    faults.add(Fault(target="payby.getOrder", mode="slow"))
    faults.clear()
    assert faults.waiting() == []
    assert faults.take("payby.getOrder") is None


def test_what_nobody_offered_is_unknown(faults: Faults):
    with pytest.raises(UnknownFault, match=r"no fault target 'payby\.nope'"):
        faults.add(Fault(target="payby.nope", mode="slow"))
    with pytest.raises(UnknownFault, match="no fault mode 'x'; it knows slow, timeout"):
        faults.add(Fault(target="payby.getOrder", mode="x"))


def test_offers_are_listed_by_target(faults: Faults):
    assert faults.offers() == {
        "payby.*": ["slow", "timeout"],
        "payby.getOrder": ["slow", "timeout"],
        "payby.placeOrder": ["slow", "timeout"],
    }


def test_a_fault_can_last_until_it_is_cleared(faults: Faults):
    faults.add(Fault(target="payby.getOrder", mode="slow", times="until cleared"))
    assert all(faults.take("payby.getOrder") for _ in range(2000))
    faults.clear()
    assert faults.take("payby.getOrder") is None


def test_a_family_of_targets_fails_where_the_mode_is_known(faults: Faults):
    faults.offer(["payby.notify"], {"delay"})
    faults.offer(["telegram.sendPhoto"], {"slow"})
    faults.add(Fault(target="payby.*", mode="slow", times="until cleared"))
    hit = [
        target
        for target in ("payby.getOrder", "payby.placeOrder", "payby.unheard-of")
        if faults.take(target)
    ]
    assert hit == ["payby.getOrder", "payby.placeOrder"]
    assert faults.take("payby.notify") is None
    assert faults.take("telegram.sendPhoto") is None


def test_a_family_knows_every_mode_of_its_targets_by_every_name(faults: Faults):
    faults.offer(["payby.notify"], {"delay"}, {"late": "delay"})
    faults.add(Fault(target="payby.*", mode="late"))
    assert faults.offers()["payby.*"] == ["delay", "slow", "timeout"]
    taken = faults.take("payby.notify")
    assert taken
    assert taken.mode == "delay"


def struck(faults: Faults, seed: int | None) -> list[bool]:
    """Which of a thousand calls a fault with a chance of 5 % spoils."""
    faults.clear()
    faults.add(
        Fault(
            target="payby.getOrder",
            mode="slow",
            times="until cleared",
            chance=0.05,
            seed=seed,
        )
    )
    return [faults.take("payby.getOrder") is not None for _ in range(1000)]


def test_chance_spoils_about_as_many_calls_as_it_says(faults: Faults):
    assert 20 < sum(struck(faults, seed=7)) < 90


def test_chance_falls_alike_under_the_same_seed_only(faults: Faults):
    assert struck(faults, seed=7) == struck(faults, seed=7)
    assert struck(faults, seed=7) != struck(faults, seed=8)
    assert struck(faults, None) != struck(faults, None)


def test_a_call_that_chance_spares_meets_the_next_fault(faults: Faults):
    never = Fault(target="payby.getOrder", mode="slow", chance=1e-12)
    faults.add(never)
    faults.add(Fault(target="payby.getOrder", mode="timeout"))
    taken = faults.take("payby.getOrder")
    assert taken
    assert taken.mode == "timeout"
    assert faults.waiting() == [never]


def test_a_fault_with_a_chance_counts_the_calls_it_spoilt(faults: Faults):
    faults.add(Fault(target="payby.getOrder", mode="slow", times=2, chance=0.5))
    taken = [faults.take("payby.getOrder") for _ in range(200)]
    assert sum(fault is not None for fault in taken) == 2
