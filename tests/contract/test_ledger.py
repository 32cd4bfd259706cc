"""What an entry of the ledger of consents is about (R25)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from contract.consents import ChangeKind, GrantState
from contract.ledger import EntryKind, fact_of, unexplained
from tests.consent_ledgers import ANNA, EXCHANGE, GONE, NO_ANSWER, Ledger, active
from tests.contract.builders import MONDAY

HOUR = timedelta(hours=1)


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


def test_a_grant_that_the_ledger_does_not_explain() -> None:
    """Each grant is where its last entry says, whatever was looked at since; anything else was changed or cut off."""
    ledger = Ledger()
    ledger.see(MONDAY, active(valid_until=MONDAY + timedelta(days=100)))
    ledger.see(MONDAY + HOUR, NO_ANSWER)
    ledger.see(MONDAY + 2 * HOUR, NO_ANSWER)
    ledger.see(MONDAY, GONE, "other")
    ledger.write(EntryKind.ASKED)
    first, other = ledger.grants.values()
    assert unexplained(ledger.entries, [first, other]) == ()
    assert unexplained(ledger.entries[:1], [first]) == (first,)
    assert unexplained(ledger.entries[:2], [first, other]) == (other,)
    for forged in (
        replace(first, known_state=GrantState.REVOKED),
        replace(first, scope=()),
        replace(first, valid_until=None),
    ):
        assert unexplained(ledger.entries, [forged]) == (forged,)
    assert unexplained(ledger.entries, [replace(other, scope=(EXCHANGE,))]) == ()
