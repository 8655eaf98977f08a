"""Findings are remembered for a while, and for a shorter while when they are bad."""

import asyncio

import pytest

from webhooks.findings import Finding, Findings, Lately

WELL, UNWELL = Finding(ok=True, says="fine"), Finding(ok=False, says="not fine")
LONG_S, SHORT_S = 60, 0.01


class Patient:
    """One who is looked at."""

    def __init__(self, state: Finding) -> None:
        self.state = state
        self.looks = 0

    async def look(self) -> Findings:
        self.looks += 1
        await asyncio.sleep(0)
        return {"patient": self.state}


def lately(patient: Patient) -> Lately:
    return Lately(patient.look, again_after_s=LONG_S, sooner_s=SHORT_S)


@pytest.mark.parametrize(("state", "looks"), [(WELL, 1), (UNWELL, 2)])
async def test_what_is_not_well_is_looked_at_again_sooner(state, looks):
    patient = Patient(state)
    lasting = lately(patient)
    assert await lasting.findings() == {"patient": state}
    await asyncio.sleep(2 * SHORT_S)
    await lasting.findings()
    assert patient.looks == looks


async def test_many_who_ask_at_once_cause_one_look():
    patient = Patient(WELL)
    lasting = lately(patient)
    found = await asyncio.gather(*(lasting.findings() for _ in range(5)))
    assert found == [{"patient": WELL}] * 5
    assert patient.looks == 1


async def test_one_who_gives_up_waiting_leaves_the_look_to_others():
    patient = Patient(WELL)
    lasting = lately(patient)
    impatient = asyncio.create_task(lasting.findings())
    await asyncio.sleep(0)
    impatient.cancel()
    assert await lasting.findings() == {"patient": WELL}
