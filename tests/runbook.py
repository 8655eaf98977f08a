"""Makes the pictures of docs/support.md out of a real chat: `make pictures`.

A sandbox and a product are started, payers and staff do what the page tells of, and
what the demo's page shows of the staff's phone is kept.
"""

import io
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, expect

from tests.browser import ROOT, launched
from tests.phones import Code, Phone
from tests.staff import hired
from tests.world import World, opened

PICTURES = ROOT / "docs" / "pictures"
_STORE, _AT_THE_STORE = "store-002", (25.2636, 55.3242)  # always open
_WIDE, _TALL = 400, 1800
_ROOM = f".handset {{ block-size: {_TALL - 400}px !important }}"
_MARGIN = 7  # pixels
_COLOURS = 48  # of grey, green and black nobody sees more


class Album:
    """Keeps what a phone shows."""

    def __init__(self, page: Page) -> None:
        self._page = page

    def keep(self, name: str, phone: Phone, answer: str, question: str = "") -> None:
        """Picture an answer, and what was typed before it if anything was."""
        self._page.reload()
        self._page.add_style_tag(content=_ROOM)
        self._page.locator("#phone-choice").select_option(phone.name)
        chat = self._page.locator("#chat")
        last = chat.locator(".from-bot").filter(has_text=answer).last
        first = chat.locator(".from-user").filter(has_text=question).last
        expect(last).to_be_visible()
        if question:
            expect(first).to_be_visible()
        around, end = chat.bounding_box(), last.bounding_box()
        start = first.bounding_box() if question else end
        assert around
        assert start
        assert end
        shot = self._page.screenshot(
            animations="disabled",
            clip={
                "x": around["x"],
                "y": start["y"] - _MARGIN,
                "width": around["width"],
                "height": end["y"] + end["height"] - start["y"] + 2 * _MARGIN,
            },
        )
        picture = Image.open(io.BytesIO(shot)).convert("RGB").quantize(_COLOURS)
        picture.save(PICTURES / f"{name}.png", optimize=True)


def main() -> None:
    """Make all pictures anew."""
    PICTURES.mkdir(exist_ok=True)
    with ExitStack() as closing:
        folder = closing.enter_context(tempfile.TemporaryDirectory())
        world = closing.enter_context(opened(Path(folder).resolve()))
        agent, supervisor = hired(world), hired(world, "supervisor")
        album = Album(closing.enter_context(_page_of(world)))
        agent.type("/whoami")
        agent.wait_for("agent at the desk")
        _nothing_arrived(world, album, agent)
        _code_not_shown(world, album, agent)
        _wrong_account(world, album, agent)
        _cashier_says_no(world, album, agent)
        _two_people(world, album, agent, supervisor)
        _talk(world, album, agent)


@contextmanager
def _page_of(world: World) -> Iterator[Page]:
    with launched() as browser:
        context = browser.new_context(
            viewport={"width": _WIDE, "height": _TALL},
            color_scheme="light",
            reduced_motion="reduce",
            bypass_csp=True,  # a phone is taller in a picture than on the page
        )
        page = context.new_page()
        page.goto(world.desk.url)
        yield page
        context.close()


def _nothing_arrived(world: World, album: Album, agent: Phone) -> None:
    """Let PayBy's notice be lost; asking finds the money."""
    world.fault("payby.notify", "no_notify", times=9)
    code = _ordered(world, "50")
    code.pay()
    agent.type(f"/find {_end_of(code)}")
    agent.wait_for(f"{code.number}: ")
    album.keep("found", agent, code.number, "/find")
    agent.press("Ask PayBy")
    agent.wait_for("PayBy was asked")
    album.keep("asked", agent, "PayBy was asked")
    world.clear_faults()


def _code_not_shown(world: World, album: Album, agent: Phone) -> None:
    code = _ordered(world, "20")
    agent.type(f"/resend {_end_of(code)}")
    agent.wait_for("The payer was to see again")
    album.keep("again", agent, "The payer was to see again", "/resend")


def _wrong_account(world: World, album: Album, agent: Phone) -> None:
    code = _ordered(world, "50")
    code.pay()
    code.results()
    agent.type(f"/refund {_end_of(code)} 20")
    agent.wait_for("Tap a reason")
    album.keep("why", agent, "Tap a reason", "/refund")
    agent.press("Wrong account")
    agent.wait_for("Reason: Wrong account")
    album.keep("sure", agent, "Reason: Wrong account")
    agent.press("Refund now")
    agent.wait_for("AED 20.00: ")
    album.keep("given-back", agent, "AED 20.00: ")


def _cashier_says_no(world: World, album: Album, agent: Phone) -> None:
    payer = world.phone()
    payer.share_location(*_AT_THE_STORE)
    payer.order("35", "player-1001")
    payer.press("Problem at the till")
    payer.press("The store refuses")
    payer.press(world.store(_STORE)["name"])
    payer.wait_for(kind="venue")
    agent.type(f"/store {_STORE}")
    agent.wait_for("Reports:")
    album.keep("store", agent, "Reports:", "/store")


def _two_people(world: World, album: Album, agent: Phone, supervisor: Phone) -> None:
    supervisor.type("/whoami")
    supervisor.wait_for("supervisor at the desk")
    code = _ordered(world, "500")
    code.pay()
    code.results()
    agent.type(f"/refund {_end_of(code)} because it was paid twice")
    agent.press("Ask a second person")
    supervisor.wait_for("asks for a second person")
    album.keep("second", supervisor, "asks for a second person")


def _talk(world: World, album: Album, agent: Phone) -> None:
    payer = world.phone()
    payer.order("20", "player-1001")
    payer.type("can I talk to a person")
    payer.wait_for("Support has it as case")
    agent.wait_for("a payer wants to talk")
    album.keep("talk", agent, "a payer wants to talk")


def _ordered(world: World, amount: str) -> Code:
    return world.phone().order(amount, "player-1001")


def _end_of(code: Code) -> str:
    return code.number[-8:]


if __name__ == "__main__":
    main()
