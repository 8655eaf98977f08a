"""How long a payer waits from confirming to the code."""

import time

from tests.bench.payments import Wait, wait_of
from tests.bench.stage import Stage


def confirm_to_card(stage: Stage, times: int) -> Wait:
    """Confirm one top-up after another; the stand-in's own time is left out."""
    waits = []
    for number in range(times):
        phone = str(810_000 + number)
        stage.send(phone, text="/topup 5 player-1002")
        stage.wait_for(phone, "text", "Is this right?")
        pressed_at = time.time() * 1000
        stage.send(phone, press="Confirm")
        photo = stage.wait_for(phone, "photo", "Order: ")
        own_ms = sum(
            call["took_ms"]
            for call in stage.calls(phone)
            if pressed_at <= call["at"] <= photo["at"]
        )
        waits.append(photo["at"] - pressed_at - own_ms)
    return wait_of(waits)
