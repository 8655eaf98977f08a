"""The comparison sees every kind of defect in made-up books."""

from dataclasses import replace
from typing import Any

import pytest

from tests.chaos.books import AtOurs, AtPayBy, Books, Chat, Credit, Said, Told
from tests.chaos.comparing import compare
from tests.chaos.findings import Comparison, Defect

NUMBER, PHONE, ACCOUNT = "T261124-22222222", "900001", "tester-1"
CODE = Said(11, Told.CODE_PAID, NUMBER, "✅ PAID · AED 50.00")
PAYABLE = Said(11, Told.CODE, NUMBER, "AED 50.00 · pay before 18:40")
RESULT = Said(12, Told.PAID, NUMBER, "✅ AED 50.00 paid. Thank you!")
MARKED = replace(RESULT, id=13, is_repeated_knowingly=True)
FAILED = Said(13, Told.NOT_CHARGED, "", "Sorry, … Nothing was charged.")


def books(
    here: str = "credited",
    there: str = "SETTLED",
    credited: int = 5000,
    said: tuple[Said, ...] = (CODE, RESULT),
    unknown_ends: int = 0,
) -> Books:
    """Make books of one order; as they are, all is well."""
    return Books(
        payby={NUMBER: AtPayBy(there, 5000)} if there else {},
        ours={NUMBER: AtOurs(here, PHONE, ACCOUNT, 5000)} if here else {},
        credits=(Credit(NUMBER, ACCOUNT, credited),) if credited else (),
        chats={PHONE: Chat(said, 10, unknown_ends)},
    )


def on_whatsapp(*said: Said, **how: Any) -> Books:
    """Make the same books in a chat where nothing said can be changed."""
    made = books(said=said, **how)
    return replace(made, chats={PHONE: replace(made.chats[PHONE], amends=False)})


def defects(of: Books) -> list[Defect]:
    return [finding.defect for finding in compare(of).findings]


def test_books_that_agree_have_no_defect():
    assert compare(books()) == Comparison(
        orders=1, paid=1, duplicates=0, unknown_ends=0, findings=()
    )


@pytest.mark.parametrize(
    ("here", "there", "said"),
    [
        ("open", "CREATED", (PAYABLE,)),
        ("failed", "FAILURE", (FAILED,)),
        ("failed", "", (FAILED,)),
        ("expired", "FAILURE", (FAILED,)),
        ("cancelled", "FAILURE", (replace(CODE, told=Told.CODE_ENDED),)),
    ],
)
def test_an_unpaid_order_at_rest_whose_payer_knows_is_no_defect(here, there, said):
    assert defects(books(here, there, 0, said)) == []


def test_a_payment_that_was_not_credited_is_lost():
    assert defects(books(credited=0)) == [Defect.LOST]


def test_a_payment_that_was_credited_in_part_is_lost():
    assert defects(books(credited=4999)) == [Defect.LOST]


def test_a_payment_that_was_credited_twice_is_doubled():
    assert defects(books(credited=10_000)) == [Defect.DOUBLE]


def test_a_credit_without_a_payment_is_doubled():
    found = defects(books("open", "CREATED", 5000, (PAYABLE,)))
    assert found == [Defect.DOUBLE]


def test_a_credit_to_another_account_is_lost_here_and_too_much_there():
    astray = replace(books(), credits=(Credit(NUMBER, "tester-2", 5000),))
    assert sorted(defects(astray)) == [Defect.DOUBLE, Defect.LOST]


@pytest.mark.parametrize(
    ("here", "there"),
    [
        ("creating", ""),
        ("creating", "CREATED"),
        ("open", "FAILURE"),
        ("open", ""),
        ("failed", "CREATED"),
        ("expired", "CREATED"),
        ("cancelled", "CREATED"),
        ("", "CREATED"),
    ],
)
def test_an_order_that_rests_nowhere_or_elsewhere_than_at_payby_is_stuck(here, there):
    assert Defect.STUCK in defects(books(here, there, 0, (PAYABLE, FAILED)))


@pytest.mark.parametrize("here", ["creating", "open", "paid", "failed"])
def test_a_paid_order_that_is_not_credited_is_stuck_too(here):
    assert Defect.STUCK in defects(books(here, credited=0))


def test_a_paid_order_whose_payer_was_not_told_misses_its_result():
    assert defects(books(said=(CODE,))) == [Defect.UNTOLD]


def test_a_result_that_is_twice_of_unknown_outcome_waits_for_the_next_contact():
    assert defects(books(said=(CODE,), unknown_ends=2)) == [Defect.WITHHELD]


def test_a_payment_that_we_do_not_know_of_misses_its_result_too():
    assert Defect.UNTOLD in defects(books("open", credited=0, said=(PAYABLE,)))


@pytest.mark.parametrize("here", ["failed", "expired", "cancelled"])
def test_an_ended_order_whose_payer_was_told_nothing_misses_its_result(here):
    assert defects(books(here, "FAILURE", 0, (PAYABLE,))) == [Defect.UNTOLD]


def test_an_open_order_whose_code_was_never_shown_misses_its_result():
    delayed = Said(11, Told.DELAYED, "", "PayBy needs a little longer …")
    assert defects(books("open", "CREATED", 0, (delayed,))) == [Defect.UNTOLD]


def test_a_payer_who_confirmed_and_heard_nothing_misses_a_result():
    asked = Said(9, Told.OTHER, "", "Is this right?")
    found = compare(books("", "", 0, (asked,))).findings
    assert [(one.defect, one.phone) for one in found] == [(Defect.UNTOLD, PHONE)]


def test_a_denied_payment_is_a_false_statement():
    assert defects(books(said=(CODE, RESULT, FAILED))) == [Defect.UNTRUE]


def test_a_denial_that_was_corrected_is_none():
    assert defects(books(said=(CODE, replace(FAILED, id=11), RESULT))) == []


def test_a_promise_of_a_payment_that_never_was_is_a_false_statement():
    assert defects(books("open", "CREATED", 0, (PAYABLE, RESULT))) == [Defect.UNTRUE]


def test_a_paid_code_that_still_looks_payable_is_a_false_statement():
    assert defects(books(said=(PAYABLE, RESULT))) == [Defect.UNTRUE]


def test_a_picture_that_nobody_knew_had_arrived_may_go_on_looking_payable():
    said = (PAYABLE, replace(CODE, id=13), RESULT)
    assert defects(books(said=said, unknown_ends=1)) == []


def test_a_code_that_cannot_be_amended_may_go_on_looking_payable_once_it_is_paid():
    assert defects(on_whatsapp(PAYABLE, RESULT)) == []


def test_a_code_that_comes_after_the_news_of_its_payment_is_a_false_statement():
    late = replace(PAYABLE, id=13)
    assert defects(on_whatsapp(RESULT, late)) == [Defect.UNTRUE]


def test_a_cancelled_code_that_cannot_be_amended_must_be_told_of():
    silent = on_whatsapp(PAYABLE, here="cancelled", there="FAILURE", credited=0)
    assert defects(silent) == [Defect.UNTOLD]


def test_one_more_copy_per_unknown_outcome_is_allowed_and_counted():
    twice = books(said=(CODE, RESULT, replace(RESULT, id=13)), unknown_ends=1)
    assert compare(twice) == Comparison(
        orders=1, paid=1, duplicates=1, unknown_ends=1, findings=()
    )


def test_a_copy_without_an_unknown_outcome_is_one_too_many():
    twice = books(said=(CODE, RESULT, replace(RESULT, id=13)))
    assert defects(twice) == [Defect.REPEATED]


def test_a_third_copy_is_one_too_many_whatever_was_unknown():
    thrice = (CODE, RESULT, replace(RESULT, id=13), replace(RESULT, id=14))
    assert defects(books(said=thrice, unknown_ends=2)) == [Defect.REPEATED]


def test_an_answer_may_be_given_as_often_as_it_is_asked_for():
    answer = Said(13, Told.IS_PAID, NUMBER, "✅ Paid. The money is on the account.")
    assert defects(books(said=(CODE, RESULT, answer, replace(answer, id=14)))) == []


def test_a_cancelled_code_of_which_its_payer_knows_that_it_is_over_is_no_defect():
    over = Said(12, Told.CODE_OVER, "", "Your old code for AED 50.00 no longer works.")
    told = on_whatsapp(PAYABLE, over, here="cancelled", there="FAILURE", credited=0)
    assert defects(told) == []


def test_a_code_may_be_shown_once_more_to_who_asked_for_it():
    asked = on_whatsapp(CODE, replace(CODE, id=12), RESULT)
    once_more = replace(asked.chats[PHONE], asked_again=1)
    assert defects(asked) == [Defect.REPEATED]
    assert defects(replace(asked, chats={PHONE: once_more})) == []


def test_a_copy_that_owns_up_to_being_one_is_counted_apart():
    found = compare(books(said=(CODE, RESULT, MARKED), unknown_ends=2))
    assert (found.duplicates, found.marked, found.findings) == (0, 1, ())


def test_both_unknown_copies_and_the_one_that_owns_up_are_as_many_as_there_may_be():
    thrice = (CODE, RESULT, replace(RESULT, id=13), replace(MARKED, id=14))
    found = compare(books(said=thrice, unknown_ends=2))
    assert (found.duplicates, found.marked, found.findings) == (1, 1, ())


@pytest.mark.parametrize(
    ("more", "unknown_ends"),
    [
        ((MARKED,), 1),
        ((MARKED, replace(MARKED, id=14)), 4),
        ((replace(RESULT, id=13), replace(RESULT, id=14), replace(MARKED, id=15)), 3),
    ],
)
def test_a_copy_that_owns_up_too_early_or_too_often_is_one_too_many(more, unknown_ends):
    said = (CODE, RESULT, *more)
    assert defects(books(said=said, unknown_ends=unknown_ends)) == [Defect.REPEATED]


def test_a_failed_order_beside_a_paid_one_denies_nothing():
    both = books(said=(CODE, RESULT, FAILED))
    other = {"T261124-33333333": AtOurs("failed", PHONE, ACCOUNT, 2000)}
    assert defects(replace(both, ours={**both.ours, **other})) == []


def refunded(*, there: tuple[int, ...] = (2000,), **how: Any) -> Books:
    """Make books in which a part went back; as they are, all is well."""
    here = how.pop("here", (2000,))
    aside = how.pop("aside", 0)
    told = Said(14, Told.GIVEN_BACK, NUMBER, "✅ PayBy has given back AED 20.00.")
    usual: dict[str, Any] = {"credited": 3000, "said": (CODE, RESULT, told)}
    return replace(
        books(**usual | how),
        payby={NUMBER: AtPayBy("SETTLED", 5000, there)},
        given_back={NUMBER: here} if here else {},
        set_aside={NUMBER: aside} if aside else {},
    )


def test_a_refund_in_both_books_whose_payer_knows_is_no_defect():
    assert defects(refunded()) == []
    assert compare(refunded()).refunds == 1


def test_a_refund_that_our_books_do_not_know_differs_and_is_on_the_account_too():
    found = defects(refunded(here=(), credited=5000))
    assert found == [Defect.DOUBLE, Defect.REFUND]


def test_a_refund_that_payby_did_not_make_is_lost():
    assert defects(refunded(there=())) == [Defect.LOST, Defect.REFUND]


def test_a_refund_that_was_made_twice_differs():
    assert Defect.REFUND in defects(refunded(there=(2000, 2000)))


def test_a_refund_of_which_the_payer_heard_nothing_is_a_missing_result():
    assert defects(refunded(said=(CODE, RESULT))) == [Defect.UNTOLD]


def test_money_that_stays_aside_is_stuck():
    found = defects(refunded(there=(), here=(), aside=2000))
    assert found == [Defect.LOST, Defect.STUCK]


def test_what_support_shows_again_is_no_copy_too_many():
    twice = (CODE, RESULT, replace(RESULT, id=13))
    assert defects(books(said=twice)) == [Defect.REPEATED]
    made = books(said=twice)
    shown_again = replace(made.chats[PHONE], shown_again=1)
    assert defects(replace(made, chats={PHONE: shown_again})) == []
