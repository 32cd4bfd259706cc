"""What a check makes of what was known of a consent (R25)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from contract.consent_states import EXPIRING_FROM, NOT_UNDERSTOOD, in_force, observed, unseen
from contract.consents import Change, Finding, Grant, GrantState, Mechanism, NoFinding, Proof
from tests.consent_ledgers import EXCHANGE, GONE, HELPDESK, NO_ANSWER, READER, active
from tests.contract.builders import MONDAY, at

HOUR = timedelta(hours=1)
REQUESTED = Finding(state=GrantState.REQUESTED, approval_url="https://admin.example/approve")
JULY, NEW_YEAR = at("2027-07-01"), at("2028-01-01")


def after(*findings: Finding | NoFinding, hours: int = 1) -> list[Change]:
    """What checks an hour apart make of a source that nobody knew."""
    grant: Grant = replace(unseen(7, Mechanism.GDAP, "relationship", MONDAY), id=5)
    changes = []
    for number, finding in enumerate(findings):
        changes.append(observed(grant, finding, MONDAY + number * hours * HOUR, is_known=number > 0))
        grant = changes[-1].after
    return changes


def kinds(*findings: Finding | NoFinding) -> list[tuple[str, ...]]:
    """What of each check was new."""
    return [tuple(kind.value for kind in change.kinds) for change in after(*findings)]


def test_worked_example() -> None:
    """The table in the docstring, line by line."""
    looks = after(
        active(valid_until=JULY),
        active(valid_until=JULY),
        NO_ANSWER,
        NO_ANSWER,
        active(valid_until=NEW_YEAR),
        GONE,
        active(valid_from=MONDAY + 5.5 * HOUR),
        active(valid_from=MONDAY + 6.7 * HOUR),
    )
    assert [[kind.value for kind in look.kinds] for look in looks] == [
        ["activated"],
        [],
        ["failed"],
        [],
        ["extended", "recovered"],
        ["ended"],
        ["activated"],
        ["activated"],
    ]
    assert looks[0].before is None
    assert looks[1].kind == "none"
    failed = looks[3].after
    assert (failed.state, failed.known_state) == (GrantState.UNKNOWN, GrantState.ACTIVE)
    assert (failed.checked_at, failed.failing_since) == (MONDAY + HOUR, MONDAY + 2 * HOUR)
    assert (failed.valid_until, failed.scope, failed.error) == (JULY, (EXCHANGE, HELPDESK), "timeout")
    gone = looks[5].after
    assert (gone.state, gone.valid_until, gone.scope) == (GrantState.REVOKED, MONDAY + 4 * HOUR, ())
    assert (gone.failing_since, gone.error) == (None, None)


@pytest.mark.parametrize(
    "left,state",
    [
        (EXPIRING_FROM + HOUR, GrantState.ACTIVE),
        (EXPIRING_FROM, GrantState.EXPIRING),
        (HOUR, GrantState.EXPIRING),
        (0 * HOUR, GrantState.EXPIRED),
        (-HOUR, GrantState.EXPIRED),
    ],
)
def test_by_its_end(left: timedelta, state: GrantState) -> None:
    """Expiring from 60 days before the end, expired at it."""
    assert in_force(MONDAY + left, MONDAY) is state
    assert after(active(valid_until=MONDAY + left))[0].after.state is state
    assert in_force(None, MONDAY) is GrantState.ACTIVE


def test_expiring_is_told_once() -> None:
    """When it begins to expire, and when it is given with less than 60 days to go."""
    near = MONDAY + EXPIRING_FROM + HOUR
    assert kinds(*[active(valid_until=near)] * 3) == [("activated",), ("expiring",), ()]
    assert kinds(active(), active(valid_until=MONDAY + 9 * HOUR)) == [("activated",), ("shortened", "expiring")]


def test_a_new_source() -> None:
    """Seen for the first time: in force, asked for, over, or without an answer."""
    assert kinds(active()) == [("activated",)]
    assert kinds(REQUESTED, REQUESTED) == [("new",), ()]
    assert kinds(GONE) == [("new",)]
    assert kinds(NO_ANSWER, active()) == [("failed",), ("activated", "recovered")]
    assert kinds(NO_ANSWER, GONE) == [("failed",), ("recovered",)]
    assert after(REQUESTED)[0].after.approval_url == "https://admin.example/approve"


@pytest.mark.parametrize(
    "finding,state",
    [
        (GONE, GrantState.REVOKED),
        (REQUESTED, GrantState.REQUESTED),
        (Finding(state=GrantState.REVOKED), GrantState.REVOKED),
        (Finding(state=GrantState.EXPIRED), GrantState.EXPIRED),
    ],
)
def test_what_was_in_force_and_is_not(finding: Finding, state: GrantState) -> None:
    """It ended, and counts until the last check that saw it; also where it is only asked for again."""
    change = after(active(), finding)[1]
    assert (change.kind, change.after.state, change.after.valid_until) == ("ended", state, MONDAY)


def test_gone_after_its_end_expired() -> None:
    """What is not there any more after the end that it had was not revoked: it ran out."""
    change = after(active(valid_until=MONDAY + HOUR / 2), GONE)[1].after
    assert (change.state, change.valid_until) == (GrantState.EXPIRED, MONDAY + HOUR / 2)


def test_the_end_that_the_source_names() -> None:
    """It counts from the last check on and not over the end that was known; one in the future says nothing."""
    for said, ends in ((0.5, 0.5), (-1, 0), (1, 0.8), (2, 0)):
        found = Finding(state=GrantState.REVOKED, valid_until=MONDAY + said * HOUR)
        change = after(active(valid_until=MONDAY + 0.8 * HOUR), found)[1]
        assert change.after.valid_until == MONDAY + ends * HOUR
    found = Finding(state=GrantState.REVOKED, valid_until=MONDAY + HOUR / 2)
    assert after(active(), found)[1].after.valid_until == MONDAY + HOUR / 2
    found = Finding(state=GrantState.EXPIRED, valid_until=MONDAY + 2 * HOUR)
    assert after(active(), found)[1].after.valid_until == MONDAY


def test_over_stays_over() -> None:
    """That nothing is there says nothing new of what is over; a request that is gone is none any more."""
    assert after(active(), GONE, GONE)[2].after.state is GrantState.REVOKED
    assert after(Finding(state=GrantState.EXPIRED), GONE)[1].after.state is GrantState.EXPIRED
    declined = after(REQUESTED, GONE)[1]
    assert (declined.kind, declined.after.state) == ("changed", GrantState.NONE)


def test_scope() -> None:
    """Narrowed, widened, or both at once; the order in which permissions are named is nothing."""
    both = active(scope=(HELPDESK, EXCHANGE))
    assert kinds(active(), both) == [("activated",), ()]
    assert kinds(both, active(scope=(EXCHANGE,)))[1] == ("narrowed",)
    assert kinds(active(scope=(EXCHANGE,)), both)[1] == ("widened",)
    assert kinds(both, active(scope=(EXCHANGE, READER)))[1] == ("narrowed", "widened")
    assert kinds(both, NO_ANSWER, active(scope=(READER,)))[2] == ("narrowed", "widened", "recovered")


def test_another_end() -> None:
    """Extended to a later day or without an end, shortened to an earlier one."""
    assert kinds(active(valid_until=JULY), active(valid_until=NEW_YEAR))[1] == ("extended",)
    assert kinds(active(valid_until=JULY), active())[1] == ("extended",)
    assert kinds(active(valid_until=NEW_YEAR), active(valid_until=JULY))[1] == ("shortened",)
    assert kinds(active(), active(valid_until=JULY))[1] == ("shortened",)


def test_an_answer_nobody_understands_is_none() -> None:
    """A state that is not known says nothing, as a failed check."""
    change = after(active(), Finding(state=GrantState.UNKNOWN))[1]
    assert (change.kind, change.after.known_state, change.after.error) == (
        "failed",
        GrantState.ACTIVE,
        NOT_UNDERSTOOD,
    )


def test_a_look_never_goes_back() -> None:
    """A check that is written down after a later one counts as of that."""
    grant = after(active(), active())[1].after
    late = observed(grant, GONE, MONDAY).after
    assert (late.checked_at, late.valid_until) == (MONDAY + HOUR, MONDAY + HOUR)


def test_who_approved_and_how_that_is_proven_stay() -> None:
    """A later check can not tell how the approval was proven: that stays, until it is given anew."""
    since = MONDAY - 100 * HOUR
    given = active(valid_from=since, approved_by="Bo", proof=Proof.SIGNED_IN)
    seen = after(given, active(proof=Proof.TOKEN), active(valid_from=MONDAY, proof=None))[2].after
    assert (seen.approved_by, seen.proof, seen.valid_from) == ("Bo", Proof.SIGNED_IN, since)
    anew = after(given, GONE, active(proof=Proof.TOKEN))[2].after
    assert (anew.approved_by, anew.proof, anew.valid_from) == (None, Proof.TOKEN, None)
    anew = after(given, active(valid_from=MONDAY + HOUR / 2))[1].after
    assert (anew.approved_by, anew.valid_from) == (None, MONDAY + HOUR / 2)
    said = after(active(valid_from=since, proof=None), active(proof=None))[1].after
    assert (said.proof, said.valid_from) == (None, since)
    proven = after(active(valid_from=since, proof=None), active(proof=Proof.TOKEN))[1].after
    assert (proven.proof, proven.valid_from) == (Proof.TOKEN, None)


def test_warnings_begin_anew() -> None:
    """After a later end, or where it was given anew, every warning is due again; otherwise none is given twice."""
    grant = replace(after(active(valid_until=JULY))[0].after, warned_days=30, end_asked_by="Eva", end_asked_at=MONDAY)
    assert observed(grant, active(valid_until=JULY), MONDAY).after.warned_days == 30
    assert observed(grant, active(valid_until=JULY - HOUR), MONDAY).after.warned_days == 30
    assert observed(grant, active(valid_until=NEW_YEAR), MONDAY).after.warned_days is None
    assert observed(grant, active(), MONDAY).after.warned_days is None
    assert observed(grant, active(valid_until=JULY), MONDAY).after.end_asked_by == "Eva"
    gone = observed(grant, GONE, MONDAY + HOUR).after
    assert gone.end_asked_by == "Eva"
    again = observed(gone, active(valid_until=JULY), MONDAY + 2 * HOUR).after
    assert (again.warned_days, again.end_asked_by, again.end_asked_at) == (None, None, None)
    unknown = replace(observed(grant, NO_ANSWER, MONDAY).after, warned_unknown=True)
    assert not observed(unknown, active(valid_until=JULY), MONDAY + HOUR).after.warned_unknown


def test_what_is_kept_while_it_is_not_in_force() -> None:
    """Of a request the days and the proof that are known stay."""
    first = Finding(state=GrantState.REQUESTED, valid_until=JULY, approved_by="Bo", proof=Proof.CARD, title="GDAP")
    kept = after(first, Finding(state=GrantState.REQUESTED, valid_from=MONDAY))[1].after
    assert (kept.valid_from, kept.valid_until, kept.approved_by) == (MONDAY, JULY, "Bo")
    assert (kept.proof, kept.title) == (Proof.CARD, "GDAP")
