"""The code's message leads to the order's page; the guide has no numbers to answer."""

import re

import pytest

from bot.code_messages import Stage, code_message, guide_message
from bot.words import words_in
from tests.fakes import NOW, an_order

TOKEN = "k" * 22


def tokens(order, stage: Stage) -> list[str]:
    message = code_message(order, stage, words_in("en"), NOW)
    flat = [choice for row in message.choices for choice in row]
    return [choice.page_token for choice in flat if choice.page_token]


@pytest.mark.parametrize("stage", [Stage.WAITING, Stage.SCANNED])
def test_a_code_that_can_be_paid_leads_to_its_orders_page(stage):
    assert tokens(an_order(page_token=TOKEN), stage) == [TOKEN]


@pytest.mark.parametrize("stage", list(Stage))
def test_an_order_from_before_there_were_pages_leads_nowhere(stage):
    assert tokens(an_order(), stage) == []


@pytest.mark.parametrize("language", ["en", "ar"])
def test_nothing_in_the_guide_looks_like_a_choice_with_its_number(language):
    guide = guide_message(words_in(language)).text
    assert not re.search(r"^\W*\d+[.)]", guide, re.MULTILINE)
