"""The disk is full in the middle of orders: it is told, nothing is lost or doubled."""

import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from tests.networks import on_both
from tests.waiting import until
from tests.world import World, opened

_BLOCK = bytes(64 * 1024)


class Disk:
    """A small disk."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._filler = folder / "filler"

    @contextmanager
    def full(self) -> Iterator[None]:
        """Let something else take all the room that is left, to the last byte."""
        with self._filler.open("wb", buffering=0) as filler, suppress(OSError):
            while filler.write(_BLOCK):
                pass
        try:
            yield
        finally:
            self._filler.unlink()


@contextmanager
def small_disk() -> Iterator[Disk]:
    """Make one of 16 MB, where that is allowed."""
    folder = tempfile.mkdtemp(prefix="topup-disk-")
    try:
        _run("mount", "-t", "tmpfs", "-o", "size=16m", "tmpfs", folder)
    except (OSError, subprocess.CalledProcessError):
        shutil.rmtree(folder)
        pytest.skip("Only root may mount a small disk here.")
    try:
        yield Disk(Path(folder))
    finally:
        _run("umount", "--lazy", folder)
        shutil.rmtree(folder)


def _run(*command: str) -> None:
    subprocess.run(command, check=True, capture_output=True)  # noqa: S603  (ours)


@pytest.fixture(scope="module")
def disk() -> Iterator[Disk]:
    with small_disk() as disk:
        yield disk


@pytest.fixture(scope="module")
def world(disk: Disk, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """The running whole, its databases on a small disk."""
    with opened(
        tmp_path_factory.mktemp("small"),
        database_url=f"sqlite:///{disk.folder}/topup.sqlite",
        engine_database_url=f"sqlite:///{disk.folder}/engine.sqlite",
    ) as world:
        yield world


def test_payers_hear_of_a_full_disk_and_get_all_that_is_theirs_when_there_is_room(
    world: World, disk: Disk
):
    payer, other = on_both(world)
    code, before = payer.order(), world.order_numbers()
    other.type(f"/topup 50 {other.account}")
    question = other.wait_for(button="Confirm")
    with disk.full():
        code.pay()
        other.press("Confirm", message_id=question.id)
        other.wait_for("I cannot work right now")
        assert code.notices_answered()[0] == 503
        assert not payer.said("paid. Thank you!")
        assert world.order_numbers() == before
    others = other.code()
    others.pay()
    assert len(code.results()) == len(others.results()) == 1
    assert "AED 50.00" in payer.balance()
    assert "AED 50.00" in other.balance()
    assert len(other.said("I cannot work right now")) == 1
    assert world.order_numbers() - before == {others.number}


def test_the_state_says_that_the_disk_is_full(world: World, disk: Disk):
    with disk.full():
        until(
            lambda: _says(world, "disk", "is full: make room for"), "the disk to tell"
        )
        assert _says(world, "database", "keeps nothing: is its disk full")
        assert not _is_ready(world)
    until(lambda: _is_ready(world), "the product to be ready")
    assert world.findings()["database"]["ok"]


def test_orders_that_are_being_made_get_one_code_each(world: World, disk: Disk):
    payers, before = on_both(world, 4), world.order_numbers()
    world.fault("payby.placeOrder", "slow", delay_ms=1500, times=len(payers))
    for payer in payers:
        payer.confirm()
    until(world.fault_is_met, "PayBy to be asked")
    with disk.full():
        time.sleep(3)
    codes = [payer.code() for payer in payers]
    assert world.order_numbers() - before == {code.number for code in codes}
    for code in codes:
        code.pay()
        assert len(code.results()) == 1


def test_a_chat_goes_on_when_the_end_of_its_job_could_not_be_written_down(
    world: World, disk: Disk
):
    payer = world.phone()
    world.fault("telegram.sendMessage", "slow", delay_ms=1500, about=payer.name)
    payer.type("/help")
    until(world.fault_is_met, "Telegram to be asked")
    with disk.full():
        payer.wait_for("How it works")
        time.sleep(1)
    payer.type("/orders")
    payer.wait_for("You have no top-ups yet")


def _says(world: World, name: str, words: str) -> bool:
    return words in world.findings()[name]["says"]


def _is_ready(world: World) -> bool:
    return world.http.get("/sandbox/health").is_success
