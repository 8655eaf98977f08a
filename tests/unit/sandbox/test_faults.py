import pytest

from sandbox.faults import Fault, Faults, UnknownFault


@pytest.fixture
def faults() -> Faults:
    faults = Faults()
    faults.offer(["payby.getOrder", "payby.placeOrder"], {"slow", "timeout"})
    return faults


def test_a_fault_is_taken_as_often_as_asked(faults: Faults):
    faults.add(Fault(target="payby.getOrder", mode="slow", times=2))
    taken = [faults.take("payby.getOrder") for _ in range(3)]
    assert [fault and fault.mode for fault in taken] == ["slow", "slow", None]


def test_faults_of_a_target_come_in_the_order_they_were_added(faults: Faults):
    faults.add(Fault(target="payby.getOrder", mode="slow"))
    faults.add(Fault(target="payby.getOrder", mode="timeout"))
    taken = [faults.take("payby.getOrder") for _ in range(2)]
    assert [fault and fault.mode for fault in taken] == ["slow", "timeout"]


def test_a_fault_spoils_only_its_target(faults: Faults):
    faults.add(Fault(target="payby.getOrder", mode="slow"))
    assert faults.take("payby.placeOrder") is None
    assert len(faults.waiting()) == 1


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
        "payby.getOrder": ["slow", "timeout"],
        "payby.placeOrder": ["slow", "timeout"],
    }
