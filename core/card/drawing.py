"""The payment card: what the payer keeps on the phone and shows at the till."""

from dataclasses import dataclass
from enum import Enum
from functools import lru_cache

from core.card import pictures
from core.domain.money import Money
from core.qr import matrix_image, qr_matrix
from core.sheet.canvas import GREEN, MARGIN, SLATE, WIDTH, Box, Canvas, Paint
from core.sheet.rows import draw_rule, write_label, write_order_no, write_value
from core.sheet.text import BOLD, Style, fit_line, is_right_to_left, wrap

HEIGHT = 1520

_INNER = WIDTH - 2 * MARGIN
_MIDDLE = WIDTH // 2
_HEADER_BOTTOM = 300
_DEADLINE_BOTTOM = 380
_CODE_MIDDLE = 712
_CODE_SIDE = 640  # at most; whole pixels a module leave at least 560 up to version 14
_ROWS_TOP = 1040
_ROW = 64
_STEPS_TOP = 1240
_STEP_MIDDLE = _STEPS_TOP + 88

_NAME = Style(42, 600)
_TITLE = Style(34, 600)
_AMOUNT = Style(116, BOLD)
_EXACT = Style(36, 600)
_DEADLINE = Style(36, BOLD)
_CAPTION = Style(34, 600)
_STAMP = Style(88, BOLD)


class Stamp(Enum):
    """How a card's life ended; a stamped card holds no code."""

    PAID = "paid"
    VOID = "void"
    EXPIRED = "expired"


@dataclass(frozen=True, kw_only=True)
class CardWords:
    """Every fixed word of a card in one language; short ones look best."""

    title: str
    pay_exactly: str
    pay_before: str
    account: str
    product: str
    order: str
    step_store: str
    step_show: str
    step_pay: str
    paid: str
    paid_note: str
    void: str
    void_note: str
    expired: str
    expired_note: str


@dataclass(frozen=True, kw_only=True)
class Card:
    """What one card says.

    `language` is a code such as "en" or "ar" and decides the direction;
    `pay_before` is the deadline in words, in Gulf time; `account` is masked
    already; `token_url` is what the code holds, exactly. With a `stamp` there
    is no code.
    """

    language: str
    words: CardWords
    merchant: str
    amount: Money
    pay_before: str
    order_no: str
    product: str
    account: str
    token_url: str
    stamp: Stamp | None = None


def draw_card(card: Card) -> bytes:
    """Draw the card as a PNG of 1080 x 1520 pixels.

    Takes some 20 ms of processor: call it outside the event loop. The same card
    gives the same bytes. Raises ValueError when the code cannot hold `token_url`.
    """
    rtl = is_right_to_left(card.language)
    canvas = _template(rtl, card.words, card.stamp).copy()
    _write_header(canvas, card)
    if card.stamp is None:
        _write_deadline(canvas, card)
        _put_code(canvas, card.token_url)
    _write_rows(canvas, card)
    return canvas.png()


@lru_cache(maxsize=32)
def _template(rtl: bool, words: CardWords, stamp: Stamp | None) -> Canvas:  # noqa: FBT001  (a cache key)
    canvas = Canvas.blank(HEIGHT, rtl=rtl)
    ground, soft = _header_paints(stamp)
    direction = canvas.direction
    canvas.fill(Box(0, 0, WIDTH, _HEADER_BOTTOM), ground.ground)
    title = fit_line(words.title, _TITLE, 320, direction)
    canvas.text(title, (WIDTH - MARGIN, 78), soft, "end")
    _draw_row_labels(canvas, words)
    if stamp is None:
        exact = fit_line(words.pay_exactly, _EXACT, _INNER, direction)
        canvas.text(exact, (_MIDDLE, 268), soft, "middle")
        canvas.fill(
            Box(0, _HEADER_BOTTOM, WIDTH, _DEADLINE_BOTTOM), Paint.DEADLINE.ground
        )
        _draw_steps(canvas, words)
    else:
        _draw_stamp(canvas, words, stamp)
    return canvas


def _write_header(canvas: Canvas, card: Card) -> None:
    paint, _ = _header_paints(card.stamp)
    name = fit_line(card.merchant, _NAME, _INNER - 340)
    canvas.text(name, (MARGIN, 80), paint)
    baseline = 206 if card.stamp is None else 226
    amount = fit_line(str(card.amount), _AMOUNT, _INNER, "L")
    canvas.text(amount, (_MIDDLE, baseline), paint, "middle")
    if card.stamp in (Stamp.VOID, Stamp.EXPIRED):
        left, right = _MIDDLE - amount.width // 2, _MIDDLE + amount.width // 2
        middle = baseline - amount.style.size * 36 // 100
        canvas.fill(Box(left - 16, middle - 4, right + 16, middle + 5), paint.ink)


def _write_deadline(canvas: Canvas, card: Card) -> None:
    direction = canvas.direction
    label = fit_line(card.words.pay_before, Style(36), 340, direction)
    gap, clock = 16, pictures.CLOCK_SIDE
    room = _INNER - label.width - clock - 2 * gap
    moment = fit_line(card.pay_before, _DEADLINE, room, direction)
    left = (WIDTH - clock - label.width - moment.width - 2 * gap) // 2
    baseline = _DEADLINE_BOTTOM - 27
    canvas.picture(
        pictures.clock(), (left + clock // 2, (_HEADER_BOTTOM + _DEADLINE_BOTTOM) // 2)
    )
    left += clock + gap
    canvas.text(label, (left, baseline), Paint.DEADLINE)
    canvas.text(moment, (left + label.width + gap, baseline), Paint.DEADLINE)


def _put_code(canvas: Canvas, token_url: str) -> None:
    matrix = qr_matrix(token_url)
    code = matrix_image(
        matrix,
        max(_CODE_SIDE // len(matrix), 1),
        dark=Paint.CODE.ink,
        light=Paint.CODE.ground,
    )
    canvas.numbers(code, (_MIDDLE, _CODE_MIDDLE))


def _write_rows(canvas: Canvas, card: Card) -> None:
    write_value(canvas, card.account, _row_baseline(0))
    write_value(canvas, card.product, _row_baseline(1))
    write_order_no(canvas, card.order_no, _row_baseline(2))


def _draw_row_labels(canvas: Canvas, words: CardWords) -> None:
    for row, word in enumerate((words.account, words.product, words.order)):
        write_label(canvas, word, _row_baseline(row))
        if row:
            draw_rule(canvas, _ROWS_TOP + row * _ROW)


def _draw_steps(canvas: Canvas, words: CardWords) -> None:
    canvas.fill(Box(0, _STEPS_TOP, WIDTH, HEIGHT), Paint.STEPS.ground)
    steps = (
        (pictures.shop(), words.step_store),
        (pictures.code_at_till(), words.step_show),
        (pictures.cash_paid(), words.step_pay),
    )
    column = _INNER // len(steps)
    for place, (picture, caption) in enumerate(steps):
        middle = MARGIN + column * place + column // 2
        canvas.picture(picture, (middle, _STEP_MIDDLE))
        if place:
            between = (middle - column // 2, _STEP_MIDDLE)
            canvas.picture(pictures.onward(rtl=canvas.rtl), between)
        lines = wrap(caption, _CAPTION, column - 16, 2, canvas.direction)
        for row, line in enumerate(lines):
            canvas.text(
                line, (middle, _STEPS_TOP + 198 + 42 * row), Paint.STEPS, "middle"
            )


def _draw_stamp(canvas: Canvas, words: CardWords, stamp: Stamp) -> None:
    title, note, paint = {
        Stamp.PAID: (words.paid, words.paid_note, Paint.PAID_MARK),
        Stamp.VOID: (words.void, words.void_note, Paint.DEAD_MARK),
        Stamp.EXPIRED: (words.expired, words.expired_note, Paint.DEAD_MARK),
    }[stamp]
    mark = (
        pictures.tick_mark(GREEN) if stamp is Stamp.PAID else pictures.cross_mark(SLATE)
    )
    canvas.picture(mark, (_MIDDLE, 570))
    line = fit_line(title, _STAMP, _INNER, canvas.direction)
    canvas.text(line, (_MIDDLE, 890), paint, "middle")
    canvas.fill(Box(0, _STEPS_TOP, WIDTH, HEIGHT), Paint.STEPS.ground)
    lines = wrap(note, Style(38), _INNER, 3, canvas.direction)
    top = (_STEPS_TOP + HEIGHT) // 2 - 26 * len(lines)
    for row, line in enumerate(lines):
        canvas.text(line, (_MIDDLE, top + 38 + 52 * row), Paint.STEPS, "middle")


def _header_paints(stamp: Stamp | None) -> tuple[Paint, Paint]:
    if stamp is None:
        return Paint.HEADER, Paint.HEADER_SOFT
    paint = Paint.PAID if stamp is Stamp.PAID else Paint.DEAD
    return paint, paint


def _row_baseline(row: int) -> int:
    return _ROWS_TOP + row * _ROW + 45
