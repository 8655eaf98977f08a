"""The demo's page in a browser, used as a person does."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Literal

from playwright.sync_api import (
    Browser,
    ConsoleMessage,
    Locator,
    Page,
    expect,
    sync_playwright,
)

from tests.get_browser import find_browser
from tests.missing import missing

ROOT = Path(__file__).parent.parent
SCREENSHOTS = ROOT / "var" / "screenshots"
PATIENCE_MS = 60_000
REFUSALS = ("/sandbox/pos/", "/sandbox/health")
"""Where the sandbox refuses as a till does, or says that something is not ready yet:
answers that the page shows, and of which the browser logs each."""

Scheme = Literal["light", "dark"]

_FLAGS = (
    "--no-sandbox",  # no user namespaces for root, nor in many a container
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@contextmanager
def launched() -> Iterator[Browser]:
    """Launch a browser; skip, or in CI fail, where there is none."""
    path = find_browser()
    if path is None:
        missing("No Chromium or Chrome is installed; `make test` gets one.")
    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=_FLAGS)
        yield browser
        browser.close()


class Desk:
    """The page: the phone, the POS and PayBy's book, in one language."""

    def __init__(self, page: Page, language: str) -> None:
        self.page = page
        self.language = language
        self.complaints: list[str] = []
        """What the browser complained of: errors, also of the security policy."""
        page.on("console", self._hear)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.chat = page.locator("#chat")
        self.pos = page.locator("#terminal")
        self.dialog = page.locator("#dialog")

    def say(self, key: str, **values: str) -> str:
        """The page's own words."""
        return words(self.language)[key].format(**values)

    def pick_up(self, phone: str) -> None:
        """Take this phone, and read the page in its language."""
        self.page.locator("#phone-choice").select_option(phone)
        name = words("en")[f"language.{self.language}"]
        self.page.get_by_role("button", name=name, exact=True).click()

    def type(self, text: str) -> None:
        """Write to the bot."""
        self.page.locator("#message-box").fill(text)
        self.page.get_by_role("button", name=self.say("chat.send"), exact=True).click()

    def told(self, text: str) -> Locator:
        """What the bot said with these words, waited for."""
        found = self.chat.locator(".from-bot").filter(has_text=text).last
        expect(found).to_be_visible()
        return found

    def tap(self, label: str) -> None:
        """Tap the newest button of the chat that says so."""
        self.chat.get_by_role("button", name=label).last.click()

    def share(self, place: str) -> None:
        """Share one of the places that the page offers."""
        self.page.get_by_role("button", name=self.say("chat.share")).click()
        self.dialog.get_by_role("button", name=self.say(place)).click()

    def choose_store(self, store: str) -> None:
        """Stand at the till of this store."""
        self.page.locator("#store-choice").select_option(store)

    def press(self, key: str, **values: str) -> None:
        """Press a button of the POS by what it says."""
        self.pos.get_by_role("button", name=self.say(key, **values)).click()

    def enter(self, password: str) -> None:
        """Type a password on the keypad, and OK."""
        for digit in password:
            self.pos.get_by_role("button", name=digit, exact=True).click()
        self.press("pos.enter")

    def screen(self, step: str) -> Locator:
        """The POS at this step of the cashier's work, waited for."""
        shown = self.pos.locator(f'[data-step="{step}"]')
        expect(shown).to_be_visible()
        return shown

    def booked(self, number: str) -> Locator:
        """An order in PayBy's book."""
        return self.page.locator(f'[data-number="{number}"]')

    def photograph(self, name: str, *, full_page: bool = False) -> None:
        """Keep what is shown in var/screenshots/ for people to look at."""
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        path = SCREENSHOTS / f"{name}.{self.language}.png"
        self.page.screenshot(path=path, full_page=full_page, animations="disabled")

    def _hear(self, message: ConsoleMessage) -> None:
        url = message.location["url"]
        is_refusal = any(place in url for place in REFUSALS)
        if message.type in {"error", "warning"} and not is_refusal:
            self.complaints.append(f"{message.text} ({url})")


@contextmanager
def opened_desk(
    browser: Browser,
    url: str,
    language: str,
    scheme: Scheme = "light",
) -> Iterator[Desk]:
    """Open the page for somebody who never saw it; it must not complain."""
    context = browser.new_context(
        viewport={"width": 1440, "height": 900},
        color_scheme=scheme,
        reduced_motion="reduce",
    )
    context.set_default_timeout(PATIENCE_MS)
    desk = Desk(context.new_page(), language)
    desk.page.goto(url)
    expect(desk.page.locator("#health")).to_have_attribute("data-is", "ready")
    yield desk
    expect(desk.page.locator("#health")).to_have_attribute("data-is", "ready")
    context.close()
    assert not desk.complaints


@cache
def words(language: str) -> dict[str, str]:
    """The page's words in a language."""
    file = ROOT / "sandbox" / "page" / f"words.{language}.json"
    found: dict[str, str] = json.loads(file.read_text(encoding="utf-8"))
    return found
