"""What is not durable is never said to be kept."""

import pytest
from dbos import error as engine_errors
from sqlalchemy.exc import OperationalError

from webhooks.durable import NotKept, kept


async def done() -> None:
    """Keep it at once."""


async def fail(error: Exception) -> None:
    raise error


async def test_a_write_that_ends_well_is_kept():
    await kept(done())


@pytest.mark.parametrize(
    "error",
    [
        OperationalError("x", {}, Exception()),
        engine_errors.DBOSException("x"),
        TimeoutError(),
    ],
)
async def test_a_database_that_fails_keeps_nothing(error):
    with pytest.raises(NotKept):
        await kept(fail(error))


async def test_a_fault_of_ours_is_not_taken_for_a_database_that_fails():
    with pytest.raises(ZeroDivisionError):
        await kept(fail(ZeroDivisionError()))
