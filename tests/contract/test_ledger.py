"""What an entry of the ledger of consents is about (R25)."""

from __future__ import annotations

import pytest

from contract.consents import ChangeKind
from contract.ledger import EntryKind, fact_of
from tests.consent_ledgers import ANNA, Ledger, active
from tests.contract.builders import MONDAY


@pytest.mark.parametrize("kind", EntryKind)
def test_access_is_judged_by_what_was_observed(kind: EntryKind) -> None:
    """By what a check found, and by what was recorded before there was a ledger; never by what somebody did."""
    assert kind.is_observed is (kind.value in {*ChangeKind} or kind is EntryKind.ADOPTED)


def test_every_change_can_be_written_down() -> None:
    """Each kind of change has an entry of its name, but for the one that is none."""
    assert [kind.value for kind in ChangeKind if kind not in {*EntryKind}] == [ChangeKind.NONE]


def test_an_entry_says_where_its_source_stands() -> None:
    """Everything of the source that is evidence, who asked, and the check before."""
    grant = Ledger().see(MONDAY, active(title="GDAP")).after
    fact = fact_of(grant, asked_by=ANNA, seen_before=MONDAY)
    names = set(fact.__slots__) - {"asked_by", "seen_before"}
    assert {name: getattr(fact, name) for name in names} == {name: getattr(grant, name) for name in names}
    assert (fact.asked_by, fact.seen_before) == (ANNA, MONDAY)
