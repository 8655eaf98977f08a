"""How a receipt is arranged, on a picture as on paper. Lengths are pixels."""

from core.receipt.facts import ReceiptFacts, ReceiptWords, Row, Written, rows
from core.sheet.canvas import MARGIN, WIDTH, Box, Paint, Surface
from core.sheet.rows import (
    draw_rule,
    write_detail,
    write_label,
    write_order_no,
    write_value,
)
from core.sheet.text import BOLD, Style, fit_line, wrap

SEAL_MIDDLE = (WIDTH // 2, 172)
SEAL_SIDE = 112
TICK = 54

_INNER = WIDTH - 2 * MARGIN
_MIDDLE = WIDTH // 2
_TITLE_WIDTH = 320
_HEADER_BOTTOM = 460
_ROWS_TOP = _HEADER_BOTTOM + 24
_ROW = 76
_DETAIL = 44
_NOTE = 132

_NAME = Style(42, 600)
_TITLE = Style(34, 600)
_AMOUNT = Style(116, BOLD)
_PAID = Style(36, 600)
_NOTE_TEXT = Style(32)


def height_of(facts: ReceiptFacts, words: ReceiptWords) -> int:
    """Return how high a receipt with these facts is."""
    return _ROWS_TOP + sum(map(_height, rows(facts, words))) + 24 + _NOTE


def lay_out(sheet: Surface, facts: ReceiptFacts, words: ReceiptWords) -> None:
    """Write everything but the seal on a sheet that is as high as it must be."""
    _write_header(sheet, facts, words)
    top = _ROWS_TOP
    for place, row in enumerate(rows(facts, words)):
        if place:
            draw_rule(sheet, top)
        _write_row(sheet, row, top)
        top += _height(row)
    _write_note(sheet, words.note, height_of(facts, words))


def _write_header(sheet: Surface, facts: ReceiptFacts, words: ReceiptWords) -> None:
    sheet.fill(Box(0, 0, WIDTH, _HEADER_BOTTOM), Paint.HEADER.ground)
    name = fit_line(facts.merchant, _NAME, _INNER - _TITLE_WIDTH - 20)
    sheet.text(name, (MARGIN, 80), Paint.HEADER)
    title = fit_line(words.title, _TITLE, _TITLE_WIDTH, sheet.direction)
    sheet.text(title, (WIDTH - MARGIN, 78), Paint.HEADER_SOFT, "end")
    amount = fit_line(str(facts.amount), _AMOUNT, _INNER, "L")
    sheet.text(amount, (_MIDDLE, 352), Paint.HEADER, "middle")
    paid = fit_line(words.paid_in_cash, _PAID, _INNER, sheet.direction)
    sheet.text(paid, (_MIDDLE, 418), Paint.HEADER_SOFT, "middle")


def _write_row(sheet: Surface, row: Row, top: int) -> None:
    baseline = top + 51
    write_label(sheet, row.label, baseline)
    match row.written:
        case Written.AS_IT_RUNS:
            write_value(sheet, row.value, baseline)
        case Written.AS_WE_SPEAK:
            write_value(sheet, row.value, baseline, sheet.direction)
        case Written.NUMBER:
            write_value(sheet, row.value, baseline, "L")
        case Written.ORDER_NO:
            write_order_no(sheet, row.value, baseline)
    if row.detail:
        write_detail(sheet, row.detail, baseline + _DETAIL)


def _write_note(sheet: Surface, note: str, bottom: int) -> None:
    sheet.fill(Box(0, bottom - _NOTE, WIDTH, bottom), Paint.STEPS.ground)
    lines = wrap(note, _NOTE_TEXT, _INNER, 2, sheet.direction)
    baseline = bottom - _NOTE // 2 + 12 - 22 * (len(lines) - 1)
    for place, line in enumerate(lines):
        sheet.text(line, (_MIDDLE, baseline + 44 * place), Paint.STEPS, "middle")


def _height(row: Row) -> int:
    return _ROW + (_DETAIL if row.detail else 0)
