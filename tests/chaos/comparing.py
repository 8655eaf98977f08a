"""Compares the books of a run: who lost money, who was told nothing, what is untrue.

Pure: from books to findings, so that made-up books can prove that it sees each defect.
"""

from collections import Counter
from collections.abc import Iterator

from tests.chaos.books import PAYMENTS, PICTURES, Books, Chat, Said, Told
from tests.chaos.copies import copies_too_many, marked_copies
from tests.chaos.findings import Comparison, Defect, Finding

_MOST_UNKNOWN = 2
"""After so many attempts of unknown end a message is not sent again."""
_NOT_THERE = "no order"
_AT_REST = {
    "open": {"CREATED"},
    "credited": {"PAID_SUCCESS", "SETTLED"},
    "failed": {"FAILURE", _NOT_THERE},
    "expired": {"FAILURE"},
    "cancelled": {"FAILURE"},
}
"""Where an order of ours may rest, and how PayBy has it then."""
_RESULTS = {
    "open": {Told.CODE},
    "credited": {Told.PAID},
    "failed": {Told.NOT_CHARGED},
    "expired": {Told.NOT_CHARGED},
    "cancelled": {Told.NOT_CHARGED, Told.CODE_ENDED, Told.CODE_OVER},
}
"""What a payer must have been told of an order that rests."""


def compare(books: Books) -> Comparison:
    """Compare PayBy's book, our ledger and orders, and what each phone shows."""
    return Comparison(
        orders=len(books.ours),
        paid=sum(order.is_paid for order in books.payby.values()),
        refunds=sum(len(order.refunds) for order in books.payby.values()),
        duplicates=sum(sum(copies_too_many(books, phone)) for phone in books.chats),
        marked=sum(sum(marked_copies(chat)) for chat in books.chats.values()),
        unknown_ends=sum(chat.unknown_ends for chat in books.chats.values()),
        findings=(
            *_of_credits(books),
            *_of_refunds(books),
            *_of_rest(books),
            *_of_results(books),
            *_of_answers(books),
            *_of_truth(books),
            *_of_copies(books),
        ),
        chats=books.chats,
    )


def _of_credits(books: Books) -> Iterator[Finding]:
    """What PayBy was paid must be in the order's account: once, whole, nowhere else.

    What it has given back must be there no more.
    """
    credited: Counter[tuple[str, str]] = Counter()
    for credit in books.credits:
        credited[credit.number, credit.account] += credit.fils
    due = {
        (number, books.ours[number].account): seen.fils - sum(seen.refunds)
        for number, seen in books.payby.items()
        if seen.is_paid and number in books.ours
    }
    for number, account in sorted(credited.keys() | due.keys()):
        paid, got = due.get((number, account), 0), credited[number, account]
        if paid != got:
            defect = Defect.LOST if got < paid else Defect.DOUBLE
            sentence = f"{paid} fils kept at PayBy, {got} fils credited to {account}"
            yield _finding(books, defect, number, sentence)


def _of_refunds(books: Books) -> Iterator[Finding]:
    """Each refund must be in both books, at its end, and its payer told."""
    for number in sorted(books.payby.keys() | books.given_back.keys()):
        seen = books.payby.get(number)
        there = sorted(seen.refunds) if seen else []
        here = sorted(books.given_back.get(number, ()))
        if here != there:
            sentence = f"given back here {here}, at PayBy {there} fils"
            yield _finding(books, Defect.REFUND, number, sentence)
        elif here and not any(
            one.told is Told.GIVEN_BACK for one in _about(books, number)
        ):
            yield _untold(books, number, "given back")
    for number, fils in books.set_aside.items():
        if fils:
            sentence = f"{fils} fils neither on the account nor given back"
            yield _finding(books, Defect.STUCK, number, sentence)


def _of_rest(books: Books) -> Iterator[Finding]:
    """Every order must have come to rest, and PayBy must have it so too."""
    for number in sorted(books.payby.keys() | books.ours.keys()):
        order, seen = books.ours.get(number), books.payby.get(number)
        here = order.status if order else _NOT_THERE
        there = seen.status if seen else _NOT_THERE
        if there not in _AT_REST.get(here, ()):
            sentence = f"{here} here, {there} at PayBy"
            yield _finding(books, Defect.STUCK, number, sentence)


def _of_results(books: Books) -> Iterator[Finding]:
    """Every order's payer must have been told how it stands; the paid ones first."""
    for number, order in books.ours.items():
        seen = books.payby.get(number)
        status = "credited" if seen and seen.is_paid else order.status
        due = _RESULTS.get(status, set())
        if due and not any(one.told in due for one in _about(books, number)):
            yield _untold(books, number, status)


def _untold(books: Books, number: str, status: str) -> Finding:
    sentence = f"{status}, and the phone shows nothing of it"
    chat = books.chats[books.ours[number].phone]
    given_up = chat.unknown_ends >= _MOST_UNKNOWN
    defect = Defect.WITHHELD if given_up else Defect.UNTOLD
    return _finding(books, defect, number, sentence)


def _of_answers(books: Books) -> Iterator[Finding]:
    """Whoever confirmed must have heard something since."""
    for phone, chat in books.chats.items():
        if chat.confirmed_at and not any(m.id > chat.confirmed_at for m in chat.said):
            sentence = "confirmed, and heard nothing since"
            yield Finding(Defect.UNTOLD, "", phone, sentence)


def _of_truth(books: Books) -> Iterator[Finding]:
    """No phone may end on a word that is not so."""
    for number, order in books.ours.items():
        seen = books.payby.get(number)
        said = list(_about(books, number))
        if seen and seen.is_paid:
            untrue = [
                *_denials(said, number),
                *_stale_pictures(said, books.chats[order.phone]),
            ]
        else:
            untrue = [one for one in said if one.told in PAYMENTS]
        there = seen.status if seen else _NOT_THERE
        for one in untrue:
            sentence = f"{there} at PayBy, but the phone says {one.text!r}"
            yield _finding(books, Defect.UNTRUE, number, sentence)


def _denials(said: list[Said], number: str) -> Iterator[Said]:
    """Find what denies a payment, when nothing after it takes that back."""
    told = [one.id for one in said if one.number == number and one.told in PAYMENTS]
    for one in said:
        if one.told is Told.NOT_CHARGED and one.id > max(told, default=0):
            yield one


def _stale_pictures(said: list[Said], chat: Chat) -> list[Said]:
    """Find codes that do not say that they were paid.

    A picture of which we never knew that it arrived cannot be amended. Where nothing
    can, the payer is told anew, and no code may come after that.
    """
    stale = [one for one in said if one.told in PICTURES - {Told.CODE_PAID}]
    if not chat.amends:
        paid_at = min((one.id for one in said if one.told in PAYMENTS), default=0)
        stale = [one for one in stale if paid_at and one.id > paid_at]
    return stale[chat.unknown_ends :]


def _of_copies(books: Books) -> Iterator[Finding]:
    """One copy too many per attempt of unknown end, and never two of one message.

    A message of which two attempts ended unknown may be shown once more: at the next
    contact, marked as what may have been seen. It counts among the copies all the same.
    """
    for phone, chat in books.chats.items():
        extras, marked = copies_too_many(books, phone), marked_copies(chat)
        copies, unknown = sum(extras) + sum(marked), chat.unknown_ends
        too_often = max((*extras, *marked), default=0) > 1
        unasked = sum(marked) * _MOST_UNKNOWN > unknown
        if copies > unknown or too_often or unasked:
            sentence = (
                f"{sum(extras)} copies and {sum(marked)} that say so, "
                f"{unknown} unknown outcomes"
            )
            yield Finding(Defect.REPEATED, "", phone, sentence)


def _about(books: Books, number: str) -> Iterator[Said]:
    """Find what the payer's phone says of an order.

    What names no order is about every order there, or about those that failed.
    """
    phone = books.ours[number].phone
    chat = books.chats.get(phone)
    failed = {
        other
        for other, order in books.ours.items()
        if (order.phone, order.status) == (phone, "failed")
    }
    for said in chat.said if chat else ():
        if said.number == number or (
            not said.number and number in (failed or {number})
        ):
            yield said


def _finding(books: Books, defect: Defect, number: str, sentence: str) -> Finding:
    order = books.ours.get(number)
    return Finding(defect, number, order.phone if order else "", sentence)
