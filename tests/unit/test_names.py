"""Our packages have plain names, so nobody else may bring the same ones along."""

from importlib.metadata import packages_distributions

import pytest

OURS = "cash-top-up-bot"


@pytest.mark.parametrize("name", ["bot", "core", "webhooks", "sandbox", "tests"])
def test_no_dependency_owns_one_of_our_names(name):
    owners = set(packages_distributions().get(name, ()))
    assert owners <= {OURS}
