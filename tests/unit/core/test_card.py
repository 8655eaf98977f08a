import io
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, replace
from typing import Literal

import pytest
import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageChops

from bot.code_messages import card_words
from bot.words import words_in
from core.card import Card, CardWords, Stamp, draw_card
from core.domain.money import Money

Language = Literal["en", "ar"]

LANGUAGES: tuple[Language, ...] = ("en", "ar")
STAMPS = tuple(Stamp)
WIDTH, HEIGHT = 1080, 1520
WHITE, TINT, AMBER = (255, 255, 255), (233, 243, 240), (255, 209, 102)
STEPS_TOP = 1240
LONG = {
    "en": "A Very Long Name of Something Wonderful " * 6,
    "ar": "اسم طويل جدا لشيء رائع " * 10,
}
UNBROKEN = {"en": "W" * 90, "ar": "ض" * 90}
URLS = st.builds(
    "https://{}/{}?ft={}&t={}".format,
    st.sampled_from(["pay.example", "sim.test2pay.com/api", "checkout.payby.com"]),
    st.text("abcXYZ019-._~%/", max_size=40),
    st.text("0123456789abcdef", min_size=8, max_size=64),
    st.integers(10**12, 10**13 - 1),
)


def a_card(language: Language = "en", stamp: Stamp | None = None) -> Card:
    words = words_in(language)
    return Card(
        language=language,
        words=card_words(words),
        merchant=words.pick("Oasis Games", "ألعاب الواحة"),
        product=words.pick("Game top-up", "شحن الألعاب"),
        amount=Money(5000),
        account="De••••••••on",
        order_no="T261124-9QRJ6CH3",
        pay_before=words.pick("today 18:40", "اليوم \u206618:40\u2069"),
        token_url=(
            "https://checkout.payby.com/pay-page/main"
            "?BIZ_TYPE=202&ft=cd624549f4894d78b0d368e48bb27aae&t=1654519114067"
        ),
        stamp=stamp,
    )


def crowded(card: Card, text: str) -> Card:
    """The card with `text` for every text, and the largest amount."""
    return replace(
        card,
        words=CardWords(**dict.fromkeys(asdict(card.words), text)),
        merchant=text,
        product=text,
        account=text,
        pay_before=text,
        order_no="W" * 64,
        amount=Money(99_999_999_999_999),
    )


def picture(card: Card) -> Image.Image:
    return Image.open(io.BytesIO(draw_card(card))).convert("RGB")


def codes(seen: Image.Image) -> list[str]:
    return [found.text for found in zxingcpp.read_barcodes(seen)]


def quartered(seen: Image.Image) -> Image.Image:
    return seen.resize((WIDTH // 4, HEIGHT // 4))


def as_jpeg(seen: Image.Image) -> Image.Image:
    file = io.BytesIO()
    seen.save(file, "JPEG", quality=60)
    return Image.open(file)


def turned(seen: Image.Image) -> Image.Image:
    return seen.rotate(7, Image.Resampling.BILINEAR, expand=True, fillcolor="white")


def colours(seen: Image.Image, box: tuple[int, int, int, int]) -> set[tuple[int, ...]]:
    found = seen.crop(box).getcolors(maxcolors=300)
    return {colour for _, colour in found or () if isinstance(colour, tuple)}


def ink_box(seen: Image.Image) -> tuple[int, int, int, int]:
    """Where something lies upon the ground, which is the corner's colour."""
    ground = Image.new("RGB", seen.size, seen.getpixel((0, 0)))
    return ImageChops.difference(seen, ground).getbbox() or (0, 0, 0, 0)


def rim(
    seen: Image.Image, x: int, y: int, size: tuple[int, int]
) -> set[tuple[int, ...]]:
    """Every colour along the inner edge of the picture around (x, y)."""
    left, top = x - size[0] // 2, y - size[1] // 2
    right, bottom = left + size[0], top + size[1]
    return (
        colours(seen, (left, top, right, top + 1))
        | colours(seen, (left, bottom - 1, right, bottom))
        | colours(seen, (left, top, left + 1, bottom))
        | colours(seen, (right - 1, top, right, bottom))
    )


@pytest.mark.parametrize(
    "spoiled", [lambda seen: seen, quartered, as_jpeg, turned],
    ids=["plain", "a quarter", "jpeg", "turned"],
)  # fmt: skip
@pytest.mark.parametrize("language", LANGUAGES)
@settings(max_examples=4, deadline=None)
@given(url=URLS)
def test_a_scanner_reads_exactly_the_token_url_from_a_card(
    language: Language,
    spoiled: Callable[[Image.Image], Image.Image],
    url: str,
):
    card = replace(a_card(language), token_url=url)

    assert codes(spoiled(picture(card))) == [url]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_crowded_card_still_holds_its_code(language):
    card = crowded(a_card(language), LONG[language])

    assert codes(quartered(picture(card))) == [card.token_url]


@pytest.mark.parametrize("stamp", STAMPS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_stamped_card_holds_no_code(language, stamp):
    card = a_card(language, stamp)

    assert codes(picture(card)) == []
    assert draw_card(card) == draw_card(replace(card, token_url="https://other"))


def test_a_paid_card_is_green_and_a_dead_one_grey():
    def ground(stamp: Stamp) -> object:
        return picture(a_card(stamp=stamp)).getpixel((5, 5))

    assert ground(Stamp.PAID) == (11, 122, 75)
    assert ground(Stamp.VOID) == ground(Stamp.EXPIRED) == (96, 106, 112)
    assert len({draw_card(a_card(stamp=stamp)) for stamp in (None, *STAMPS)}) == 4


@pytest.mark.parametrize("stamp", [None, *STAMPS])
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_same_card_gives_the_same_bytes(language, stamp):
    card = a_card(language, stamp)

    assert draw_card(card) == draw_card(card)


def test_cards_drawn_at_the_same_time_do_not_mix():
    cards = [
        replace(a_card(language), amount=Money(fils), order_no=f"T{fils}")
        for fils in (100, 5_000, 123_456)
        for language in LANGUAGES
    ]
    alone = [draw_card(card) for card in cards]

    with ThreadPoolExecutor(4) as threads:
        assert list(threads.map(draw_card, cards)) == alone


@pytest.mark.parametrize(
    "change",
    [
        {"merchant": "Other Games"},
        {"product": "Other top-up"},
        {"amount": Money(5001)},
        {"account": "De••••••••of"},
        {"order_no": "T261124-9QRJ6CH4"},
        {"pay_before": "today 18:41"},
        {"token_url": "https://pay.example/other"},
        {"words": card_words(words_in("ar"))},
        {"language": "ar"},
    ],
    ids=lambda change: next(iter(change)),
)
def test_every_fact_is_on_the_card(change):
    card = a_card()

    assert draw_card(replace(card, **change)) != draw_card(card)


@pytest.mark.parametrize("text", [LONG, UNBROKEN], ids=["words", "one word"])
@pytest.mark.parametrize("stamp", [None, Stamp.VOID])
@pytest.mark.parametrize("language", LANGUAGES)
def test_long_texts_never_come_near_the_edge(language, stamp, text):
    usual = picture(a_card(language, stamp))
    full = picture(crowded(a_card(language, stamp), text[language]))

    for edge in ((0, 0, 40, HEIGHT), (WIDTH - 40, 0, WIDTH, HEIGHT)):
        assert full.crop(edge).tobytes() == usual.crop(edge).tobytes()


@pytest.mark.parametrize("text", [LONG, UNBROKEN], ids=["words", "one word"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_long_texts_never_run_into_one_another(language, text):
    card = a_card(language)
    seen = picture(crowded(card, text[language]))
    if language == "ar":
        seen = seen.transpose(Image.Transpose.FLIP_LEFT_RIGHT)

    beside_the_merchant = (684, 20, 698, 100)
    beside_the_labels = (384, 1044, 398, 1100)
    between_the_steps = [(x - 4, STEPS_TOP + 170, x + 4, HEIGHT) for x in (380, 700)]
    for box in (beside_the_merchant, beside_the_labels, *between_the_steps):
        assert len(colours(seen, box)) == 1


def test_an_arabic_card_is_the_mirror_of_an_english_one_but_for_its_pictures():
    english, arabic = picture(a_card("en")), picture(a_card("ar"))
    shop = (220 - 135, STEPS_TOP + 13, 220 + 135, STEPS_TOP + 163)
    mirrored = (WIDTH - shop[2], shop[1], WIDTH - shop[0], shop[3])

    assert arabic.crop(mirrored).tobytes() == english.crop(shop).tobytes()
    label = (700, 1060, 1020, 1100)
    assert len(colours(arabic, label)) > 1
    assert colours(arabic, (400, 1060, 680, 1100)) == {WHITE}


def test_the_steps_lead_on_the_way_that_people_read():
    def bend(language: Language) -> int:
        """How far right the middle of the arrow lies of its upper end."""
        seen = picture(a_card(language)).crop((360, STEPS_TOP, 400, STEPS_TOP + 116))
        upper, middle = seen.crop((0, 70, 40, 74)), seen.crop((0, 86, 40, 90))
        return ink_box(middle)[0] - ink_box(upper)[0]

    assert bend("en") > 5
    assert bend("ar") < -5


@pytest.mark.parametrize("fils", [5_000, 99_999_999_999_999])
@pytest.mark.parametrize("stamp", [Stamp.VOID, Stamp.EXPIRED])
def test_the_amount_of_a_dead_card_is_struck_through_its_middle(stamp, fils):
    header = (0, 110, WIDTH, 290)
    card = replace(a_card(stamp=Stamp.PAID), amount=Money(fils))
    left, top, right, bottom = ink_box(picture(card).crop(header))
    dead = picture(replace(card, stamp=stamp)).crop(header)

    line = [y for y in range(180) if colours(dead, (left, y, right, y + 1)) == {WHITE}]
    digits_middle = (top + bottom) / 2
    assert line
    assert abs(sum(line) / len(line) - digits_middle) < 12


def test_the_amount_reads_from_left_to_right_in_both_languages():
    amount = (60, 110, 1020, 215)
    english, arabic = picture(a_card("en")), picture(a_card("ar"))

    assert arabic.crop(amount).tobytes() == english.crop(amount).tobytes()


def test_an_order_number_reads_from_left_to_right_in_both_languages():
    width = 350
    row = (1172, 1236)
    english, arabic = picture(a_card("en")), picture(a_card("ar"))

    on_the_right = english.crop((1020 - width, row[0], 1020, row[1]))
    on_the_left = arabic.crop((60, row[0], 60 + width, row[1]))

    def ink(seen: Image.Image) -> bytes:
        dark = seen.convert("L").point(lambda grey: 255 if grey < 200 else 0)
        return dark.crop(dark.getbbox()).tobytes()

    assert ink(on_the_left) == ink(on_the_right)


@pytest.mark.parametrize("x", [220, 540, 860])
@pytest.mark.parametrize("language", LANGUAGES)
def test_no_box_is_seen_around_the_picture_of_a_step(language, x):
    seen = picture(a_card(language))

    assert rim(seen, x, STEPS_TOP + 88, (270, 150)) == {TINT}


@pytest.mark.parametrize("stamp", STAMPS)
def test_no_box_is_seen_around_the_mark_of_a_stamp(stamp):
    assert rim(picture(a_card(stamp=stamp)), 540, 570, (360, 360)) == {WHITE}


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_box_is_seen_around_the_clock(language):
    band = colours(picture(a_card(language)), (0, 300, WIDTH, 380))

    def is_nearly_amber(colour: tuple[int, ...]) -> bool:
        away = max(abs(a - b) for a, b in zip(colour, AMBER, strict=True))
        return 0 < away < 8

    assert AMBER in band
    assert not [colour for colour in band if is_nearly_amber(colour)]


def test_a_name_in_any_script_is_drawn():
    for name in ("नमस्ते गेम्स", "گیم سٹور", "店 Games", "\N{GRINNING FACE}\U0001faea", ""):
        card = replace(a_card(), merchant=name, product=name, account=name)
        assert codes(picture(card)) == [card.token_url]


def test_a_card_whose_code_cannot_hold_the_url_is_refused():
    with pytest.raises(ValueError, match="cannot hold"):
        draw_card(replace(a_card(), token_url="x" * 4000))
