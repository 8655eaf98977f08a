"""The order page in a browser, used as a payer does."""

import io
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from urllib.parse import urlsplit

import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import Browser, Page, Request, expect

from tests.browser import PATIENCE_MS, SCREENSHOTS
from tests.phones import Code, read_qr
from tests.world import World

COLOURS = """() => {
    const channels = (colour) => colour.match(/[\\d.]+/g).map(Number);
    const light = ([red, green, blue]) => {
        const part = (value) => {
            const share = value / 255;
            return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
        };
        return 0.2126 * part(red) + 0.7152 * part(green) + 0.0722 * part(blue);
    };
    const ground = (element) => {
        for (let each = element; each; each = each.parentElement) {
            const found = channels(getComputedStyle(each).backgroundColor);
            if (found.length === 3 || found[3] > 0) return found;
        }
        return [255, 255, 255];
    };
    const contrast = (element) => {
        const pair = [channels(getComputedStyle(element).color), ground(element)];
        const [dark, bright] = pair.map(light).sort((one, other) => one - other);
        return (bright + 0.05) / (dark + 0.05);
    };
    const hasText = (element) => [...element.childNodes].some(
        (node) => node.nodeType === Node.TEXT_NODE && node.textContent.trim());
    return [...document.body.querySelectorAll("*")]
        .filter((each) => hasText(each) && each.getClientRects().length)
        .map((each) => [contrast(each), each.textContent.trim()]);
}"""


@dataclass(frozen=True)
class Said:
    """What the page says in a language."""

    language: str
    own_name: str
    language_is_set: str
    direction: str
    waiting: str
    paid: str
    on_account: str
    receipt: str
    other_language: str
    enlarge: str
    close: str
    find: str
    area: str
    locate: str
    near: str
    no_location: str
    code: str


ENGLISH = Said(
    language="en",
    own_name="English",
    language_is_set="we speak English now",
    direction="ltr",
    waiting="Waiting for your cash",
    paid="PAID",
    on_account="The money is on the account.",
    receipt="Receipt",
    other_language="العربية",
    enlarge="Show it large",
    close="Close",
    find="Find stores",
    area="Name of your area",
    locate="Use my location",
    near="Stores near you",
    no_location="Your phone did not tell where you are.",
    code="QR code of order",
)
ARABIC = Said(
    language="ar",
    own_name="العربية",
    language_is_set="سنتحدث بالعربية الآن",
    direction="rtl",
    waiting="بانتظار الدفع نقدًا",
    paid="تم الدفع",
    on_account="المبلغ في الحساب.",
    receipt="إيصال",
    other_language="English",
    enlarge="عرض بحجم كبير",
    close="إغلاق",
    find="البحث عن متاجر",
    area="اسم منطقتك",
    locate="استخدام موقعي",
    near="متاجر قريبة منك",
    no_location="لم يحدد هاتفك موقعك.",
    code="رمز QR للطلب",
)
BOTH = pytest.mark.parametrize("said", [ENGLISH, ARABIC], ids=["English", "Arabic"])


class OrderPage:
    """An order's page, and what the browser had to say about it."""

    def __init__(self, page: Page, url: str) -> None:
        self.page = page
        self.url = url
        self.complaints: list[str] = []
        self.asked: list[str] = []
        """Every address that was asked for."""
        page.on("console", lambda message: self.complaints.append(message.text))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("request", self._ask)
        self.state = page.get_by_role("status")

    def open(self, query: str = "") -> None:
        """Open the link."""
        self.page.goto(f"{self.url}{query}")

    def becomes(self, state: str) -> None:
        """Wait until the page shows that state, by itself."""
        expect(self.page.locator(f"#state.{state}")).to_be_visible()

    def qr(self) -> str:
        """Read the code from the screen as a scanner does."""
        shown = self.page.locator("svg.qr").screenshot()
        return read_qr(Image.open(io.BytesIO(shown)))

    def shows_no_code(self) -> bool:
        """Tell whether there is nothing on the whole page that a scanner reads."""
        shown = self.page.screenshot(full_page=True)
        return not zxingcpp.read_barcodes(Image.open(io.BytesIO(shown)))

    def overflows(self) -> bool:
        """Tell whether anything is wider than the screen."""
        wide: bool = self.page.evaluate(
            "document.documentElement.scrollWidth > window.innerWidth"
        )
        return wide

    def faint(self) -> list[tuple[float, str]]:
        """Everything that is written too faintly to be read by weak eyes."""
        return [tuple(each) for each in self.page.evaluate(COLOURS) if each[0] < 4.5]

    def hosts(self) -> set[str]:
        """Whom the browser asked for anything."""
        return {urlsplit(url).netloc for url in self.asked}

    def photograph(self, name: str, *, full_page: bool = True) -> None:
        """Keep what is shown in var/screenshots/ for people to look at."""
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        path = SCREENSHOTS / f"order-page-{name}.png"
        self.page.screenshot(path=path, full_page=full_page, animations="disabled")

    def _ask(self, request: Request) -> None:
        self.asked.append(request.url)


def a_code(world: World, said: Said) -> Code:
    """Let a payer who speaks that language have a code."""
    payer = world.phone()
    code = payer.order()
    payer.type("/language")
    payer.press(said.own_name)
    payer.wait_for(said.language_is_set)
    return code


@contextmanager
def opened_page(
    browser: Browser, world: World, code: Code, **device: object
) -> Iterator[OrderPage]:
    """Take a phone on which the page was never open; it must not complain."""
    usual = {"viewport": {"width": 390, "height": 844}, "device_scale_factor": 2}
    context = browser.new_context(**(usual | device))  # type: ignore[arg-type]
    context.set_default_timeout(PATIENCE_MS)
    page = OrderPage(context.new_page(), page_url(world, code))
    yield page
    context.close()
    assert not page.complaints


def page_url(world: World, code: Code) -> str:
    """The address of an order's page."""
    question = "select page_token from orders where merchant_order_no = ?"
    with closing(sqlite3.connect(world.desk.database)) as database:
        ((token,),) = database.execute(question, [code.number])
    return f"{world.desk.app_url}/o/{token}"
