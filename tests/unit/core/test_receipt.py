import io
import re
import unicodedata
from dataclasses import replace
from typing import Any, Literal

import pypdfium2
import pytest
from PIL import Image, ImageChops, ImageStat

from bot.receipt_messages import receipt_words
from bot.words import words_in
from core.domain.money import Money
from core.receipt import ReceiptFacts, draw_receipt, write_receipt
from core.receipt.fonts import fixed_font
from core.sheet.text import FONT_FILES

Language = Literal["en", "ar"]

LANGUAGES: tuple[Language, ...] = ("en", "ar")
PETROL, MINT = (13, 62, 70), (150, 232, 207)
LONG = {
    "en": "A Very Long Name of Something Wonderful " * 6,
    "ar": "اسم طويل جدا لشيء رائع " * 10,
}
CHANGES: dict[str, Any] = {
    "merchant": "Other Games",
    "product": "Other top-up",
    "amount": Money(5001),
    "account": "De••••••••of",
    "paid_at": "24 November 2026, 16:36",
    "merchant_order_no": "T261124-9QRJ6CH4",
    "payby_order_no": "131404956265007837",
    "store": "Other Grocery",
    "address": "2 Sample Street, Deira, Dubai",
}


def a_receipt(language: Language = "en") -> ReceiptFacts:
    pick = words_in(language).pick
    return ReceiptFacts(
        merchant=pick("Oasis Games", "ألعاب الواحة"),
        product=pick("Game top-up", "شحن الألعاب"),
        amount=Money(105_050),
        account=pick("De••••••••on", "صق••••ور"),
        paid_at=pick("24 November 2026, 16:35", "24 نوفمبر 2026، \u206616:35\u2069"),
        merchant_order_no="T261124-9QRJ6CH3",
        payby_order_no="131404956265007836",
        store=pick("Corner Grocery", "بقالة الركن"),
        address=pick("1 Sample Street, Deira, Dubai", "شارع المثال 1، ديرة، دبي"),
    )


def crowded(language: Language) -> ReceiptFacts:
    """The receipt with far too long a text in every place, and the largest amount."""
    text = LONG[language]
    return ReceiptFacts(
        merchant=text,
        product=text,
        amount=Money(99_999_999_999_999),
        account=text,
        paid_at=text,
        merchant_order_no="W" * 64,
        payby_order_no="9" * 64,
        store=text,
        address=text,
    )


def drawn(facts: ReceiptFacts, language: Language = "en") -> Image.Image:
    png = draw_receipt(facts, receipt_words(words_in(language)))
    return Image.open(io.BytesIO(png)).convert("RGB")


def written(facts: ReceiptFacts, language: Language = "en") -> pypdfium2.PdfDocument:
    return pypdfium2.PdfDocument(
        write_receipt(facts, receipt_words(words_in(language)))
    )


def on_paper(facts: ReceiptFacts, language: Language = "en") -> Image.Image:
    """The PDF's page as big as the picture."""
    page = written(facts, language)[0]
    picture: Image.Image = page.render(scale=1080 / page.get_width()).to_pil()
    return picture.convert("RGB")


def words_of(pdf: pypdfium2.PdfDocument) -> set[str]:
    """What a reader can select and copy, word by word."""
    text = unicodedata.normalize("NFKC", pdf[0].get_textpage().get_text_bounded())
    return {word.strip("،,") for word in text.split()}


def said(text: str) -> set[str]:
    plain = re.sub("[\u064b-\u0652\u2066-\u2069]", "", text)  # no vowel signs either
    return {word.strip("،,") for word in plain.split()}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_fact_and_label_of_a_pdf_can_be_selected_as_text(language):
    facts = a_receipt(language)
    labels = receipt_words(words_in(language))
    seen = words_of(written(facts, language))

    for fact in vars(facts).values():
        assert said(str(fact)) <= seen
    for name, label in vars(labels).items():
        assert name == "language" or said(label) <= seen


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_pdf_is_one_page_that_says_what_it_is_and_in_which_language(language):
    words = receipt_words(words_in(language))
    content = write_receipt(a_receipt(language), words)
    pdf = pypdfium2.PdfDocument(content)

    assert len(pdf) == 1
    assert pdf.get_metadata_value("Title") == f"{words.title} T261124-9QRJ6CH3"
    assert f"/Lang ({language})".encode() in content


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_pdf_looks_like_the_picture(language):
    picture, page = (
        draw(a_receipt(language), language).convert("L").reduce(12)
        for draw in (drawn, on_paper)
    )
    differences = ImageChops.difference(picture, page.resize(picture.size))

    assert ImageStat.Stat(differences).mean[0] < 2.5


@pytest.mark.parametrize("draw", [drawn, on_paper], ids=["picture", "pdf"])
@pytest.mark.parametrize("name", CHANGES)
def test_every_fact_is_on_the_receipt(draw, name):
    facts = a_receipt()

    changed = draw(replace(facts, **{name: CHANGES[name]}))
    assert changed.tobytes() != draw(facts).tobytes()


@pytest.mark.parametrize("draw", [drawn, on_paper], ids=["picture", "pdf"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_long_texts_never_come_near_the_edge(draw, language):
    full = draw(crowded(language), language)

    for left in (0, full.width - 40):
        edge = full.crop((left, 0, left + 40, full.height)).convert("L")
        for y in range(edge.height):
            row = edge.crop((0, y, 40, y + 1)).getextrema()
            assert row[0] == row[1]


def test_a_receipt_without_a_store_is_shorter_and_says_nothing_of_stores():
    unknown = replace(a_receipt(), store="", address="")

    assert drawn(unknown).height < drawn(a_receipt()).height
    assert "Store" not in words_of(written(unknown))


def test_an_arabic_receipt_is_the_mirror_of_an_english_one():
    english, arabic = drawn(a_receipt()), drawn(a_receipt("ar"), "ar")
    for side in ((740, 480, 1020, 540), (60, 480, 340, 540)):
        assert arabic.crop(side).getextrema() != ((255, 255),) * 3
    amount = (60, 240, 1020, 370)
    assert arabic.crop(amount).tobytes() == english.crop(amount).tobytes()


@pytest.mark.parametrize("draw", [drawn, on_paper], ids=["picture", "pdf"])
def test_a_receipt_bears_a_seal_with_a_tick(draw):
    seal = draw(a_receipt()).crop((484, 116, 596, 228))

    assert seal.getpixel((56, 16)) == MINT
    assert PETROL in {colour for _, colour in seal.crop((30, 30, 80, 80)).getcolors()}


def test_the_same_receipt_gives_the_same_picture():
    words = receipt_words(words_in("en"))

    assert draw_receipt(a_receipt(), words) == draw_receipt(a_receipt(), words)


def test_a_name_in_any_script_is_written():
    for name in ("नमस्ते गेम्स", "گیم سٹور", "店 Games", "\N{GRINNING FACE}", "{nb}", ""):
        facts = replace(a_receipt(), merchant=name, store=name, address=name)
        assert "AED" in words_of(written(facts))
    assert "{nb}" in words_of(written(replace(a_receipt(), merchant="{nb}")))
    assert {"?", "Games"} <= words_of(
        written(replace(a_receipt(), merchant="店 Games"))
    )


def test_a_font_is_cut_down_to_what_is_written():
    few, more = (fixed_font(FONT_FILES[0], 700, text) for text in ("AED", "AEDabc12"))

    assert len(few) < len(more) < 20_000
    assert fixed_font(FONT_FILES[0], 400, "AED") != few
