"""A masked name is recognised by its owner and tells nobody else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.accounts import Account


@pytest.mark.parametrize(
    ("name", "masked"),
    [
        ("DesertFalcon", "De••••••••on"),
        ("Falcon", "Fa••on"),
        ("Oryx1", "O•••1"),
        ("Ox", "••"),
        ("X", "•"),
        ("صقر الصحراء", "صق•••••••اء"),
    ],
)
def test_a_name_shows_its_ends_only(name, masked):
    assert Account("player-1", name, is_open=True).masked_name == masked


@given(st.text(min_size=1))
def test_something_of_every_name_stays_hidden(name):
    masked = Account("player-1", name, is_open=True).masked_name
    assert "•" in masked
    assert len(masked) == len(name)
