"""What comes twice, or five times at once, happens once."""

from concurrent.futures import ThreadPoolExecutor

from tests.networks import ON_BOTH_NETWORKS
from tests.world import World


@ON_BOTH_NETWORKS
def test_five_taps_at_once_make_one_order(world: World):
    payer, before = world.phone(), world.order_numbers()
    payer.type(f"/topup 50 {payer.account}")
    payer.press("Confirm", times=5)
    code = payer.code()
    payer.type("/orders")
    payer.wait_for("Your top-up")
    assert world.order_numbers() - before == {code.number}
    assert len(payer.said("", kind="photo")) == 1


def test_the_same_update_twice_is_answered_once(world: World):
    payer = world.phone()
    payer.type("/start")
    payer.wait_for("Welcome")
    update = payer.update(text="/help")
    assert [world.tell_product(update) for _ in range(2)] == [200, 200]
    payer.wait_for("/topup")
    payer.type("/language")
    payer.wait_for("language")
    assert len(payer.said("/topup")) == 1


def test_an_update_without_the_secret_is_refused(world: World):
    payer = world.phone()
    assert world.tell_product(payer.update(text="/help"), secret="wrong") == 401


@ON_BOTH_NETWORKS
def test_ten_copies_of_a_notice_at_once_credit_once(world: World):
    payer = world.phone()
    code = payer.order()
    world.fault("payby.notify", "no_notify", about=code.number)
    code.pay()
    tries = world.notify(code.number, times=10, concurrent=True)
    assert {each["status"] for each in tries} == {200}
    assert len(code.results()) == 1
    assert "AED 50.00" in payer.balance()


@ON_BOTH_NETWORKS
def test_ten_different_notices_of_one_payment_at_once_credit_once(world: World):
    payer = world.phone()
    code = payer.order()
    world.fault("payby.notify", "no_notify", about=code.number)
    code.pay()

    def notify(number: int) -> int:
        fresh = {"notify_id": f"2026112400000000{number:02}"}
        (each,) = world.notify(code.number, mutate=fresh)
        return int(each["status"])

    with ThreadPoolExecutor(10) as pool:
        assert set(pool.map(notify, range(10))) == {200}
    assert len(code.results()) == 1
    assert "AED 50.00" in payer.balance()


@ON_BOTH_NETWORKS
def test_a_notice_and_check_now_at_once_credit_once(world: World):
    payer = world.phone()
    code = payer.order()
    code.pay()
    payer.press("Check now", times=3, message_id=code.message.id)
    assert len(code.results()) == 1
    assert "AED 50.00" in payer.balance()
