"""When remote work was covered, by the ledger: never wrongly, whatever checks found and in whatever order (R25)."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.access_spans import ledger_spans
from contract.consents import AccessSpan, Finding, GrantState, Mechanism, NoFinding, Permission, Proof
from contract.ledger import EntryKind, fact_of
from contract.withdrawals import covering_span
from tests.consent_ledgers import EXCHANGE, GONE, HELPDESK, NO_ANSWER, READER, Ledger, active
from tests.contract.builders import MONDAY, at

HOUR = timedelta(hours=1)
MAY = at("2026-05-01")


def spans(ledger: Ledger, *, app_covers_work: bool = False) -> list[AccessSpan]:
    """What a ledger says, by begin."""
    found = ledger_spans(ledger.entries, ledger.grants.values(), app_covers_work=app_covers_work)
    return sorted(found, key=lambda span: span.begins_at)


def shown(ledger: Ledger) -> list[tuple[datetime, datetime | None, bool]]:
    """Begin, end, and whether it is carried."""
    return [(span.begins_at, span.ends_at, span.is_carried) for span in spans(ledger)]


def since_may() -> Ledger:
    """Active since 1 May, seen at 11:00, without an answer from 12:00 on."""
    ledger = Ledger()
    ledger.see(at("2026-11-23 11:00"), active(valid_from=MAY))
    ledger.see(at("2026-11-23 12:00"), NO_ANSWER)
    ledger.see(at("2026-11-23 13:00"), NO_ANSWER)
    return ledger


def test_worked_example() -> None:
    """The table in the docstring, line by line."""
    seen, carried = at("2026-11-23 11:00"), at("2026-11-24 11:00")
    assert shown(since_may()) == [(MAY, seen, False), (seen, carried, True)]
    ledger = since_may()
    ledger.see(at("2026-11-23 15:00"), active(valid_from=MAY))
    assert shown(ledger) == [(MAY, at("2026-11-24 15:00"), False)]
    ledger = since_may()
    ledger.see(at("2026-11-24 12:30"), active(valid_from=MAY))
    again = at("2026-11-24 12:30")
    assert shown(ledger) == [(MAY, seen, False), (seen, carried, True), (again, again + 24 * HOUR, False)]
    ledger = since_may()
    ledger.see(at("2026-11-23 15:00"), GONE)
    assert shown(ledger) == [(MAY, seen, False)]


def test_without_proof_it_begins_with_the_check() -> None:
    """Since when somebody only says is not counted; a proven begin is."""
    for finding in (active(), active(valid_from=MAY, proof=None)):
        ledger = Ledger()
        ledger.see(MONDAY, finding)
        assert shown(ledger) == [(MONDAY, MONDAY + 24 * HOUR, False)]


def test_never_from_before_a_check_that_did_not_find_it() -> None:
    """What is proven to have begun before a check that found nothing covers from that check on only."""
    ledger = Ledger()
    ledger.see(MONDAY, Finding(state=GrantState.REQUESTED))
    ledger.see(MONDAY + HOUR, Finding(state=GrantState.REQUESTED))
    ledger.see(MONDAY + 2 * HOUR, active(valid_from=MAY))
    assert shown(ledger)[0][0] == MONDAY + HOUR


def test_given_anew_between_two_checks() -> None:
    """What the first check found ended before: nothing is covered from it until the new one was given."""
    ledger = Ledger()
    ledger.see(MONDAY, active(valid_from=MAY))
    assert ledger.see(MONDAY + HOUR, active(valid_from=MONDAY + HOUR / 2)).kind == "activated"
    assert shown(ledger) == [(MAY, MONDAY, False), (MONDAY + HOUR / 2, MONDAY + 25 * HOUR, False)]


def test_the_source_ends_it() -> None:
    """No span goes over the end that the source names, also while it is carried; a later end counts once it is seen."""
    ends = MONDAY + 3 * HOUR
    ledger = Ledger()
    ledger.see(MONDAY, active(valid_until=ends))
    assert shown(ledger) == [(MONDAY, ends, False)]
    ledger.see(MONDAY + HOUR, NO_ANSWER)
    assert shown(ledger) == [(MONDAY, ends, True)]
    ledger.see(MONDAY + 4 * HOUR, active(valid_until=MONDAY + 100 * HOUR))
    assert shown(ledger) == [(MONDAY, MONDAY + 28 * HOUR, False)]


def test_until_the_source_says_it_ended() -> None:
    """Gone counts from the last check that saw it, unless the source itself names an instant after that."""
    for said, ends in ((None, MONDAY), (MONDAY + HOUR, MONDAY + HOUR), (MONDAY - HOUR, MONDAY)):
        ledger = Ledger()
        ledger.see(MONDAY, active(valid_from=MAY))
        ledger.see(MONDAY + 2 * HOUR, Finding(state=GrantState.REVOKED, valid_until=said))
        assert shown(ledger) == [(MAY, ends, False)]


def test_the_scope_in_force() -> None:
    """Between the check that found the old scope and the one that found the new, what both allow."""
    ledger = Ledger()
    ledger.see(MONDAY, active(valid_from=MAY))
    ledger.see(MONDAY + 2 * HOUR, active(valid_from=MAY, scope=(HELPDESK, READER)))
    assert [(span.begins_at, span.scope) for span in spans(ledger)] == [
        (MAY, (EXCHANGE, HELPDESK)),
        (MONDAY, (HELPDESK,)),
        (MONDAY + 2 * HOUR, (HELPDESK, READER)),
    ]


def test_recorded_consents_hold_by_themselves() -> None:
    """Nobody can be asked about a document: it covers its whole term, also one that was over when it was recorded."""
    document = {"proof": Proof.DOCUMENT, "scope": ()}
    ledger = Ledger()
    ledger.see(MONDAY, active(valid_from=MAY, **document), "1", Mechanism.MANUAL)
    assert shown(ledger) == [(MAY, None, False)]
    ledger.see(MONDAY, active(valid_from=MAY, valid_until=MAY + HOUR, **document), "2", Mechanism.MANUAL)
    assert (MAY, MAY + HOUR, False) in shown(ledger)
    coming = active(valid_from=MONDAY + HOUR, valid_until=MONDAY + 2 * HOUR, **document)
    ledger.see(MONDAY, coming, "3", Mechanism.MANUAL)
    assert (MONDAY + HOUR, MONDAY + 2 * HOUR, False) in shown(ledger)
    ledger.see(MONDAY + HOUR / 2, Finding(state=GrantState.REVOKED, valid_until=MONDAY), "3", Mechanism.MANUAL)
    assert (MONDAY + HOUR, MONDAY + 2 * HOUR, False) not in shown(ledger)
    # A relationship that was over when it was seen first proves nothing about its time.
    ledger = Ledger()
    ledger.see(MONDAY, Finding(state=GrantState.EXPIRED, valid_from=MAY, valid_until=MAY + HOUR))
    assert shown(ledger) == []


def test_app_consent_only_where_that_is_set() -> None:
    """Our app's permissions let the bot read; they cover work only where the provider decided so."""
    ledger = Ledger()
    ledger.see(MONDAY, active(), "app", Mechanism.APP)
    assert spans(ledger) == []
    assert [span.mechanism for span in spans(ledger, app_covers_work=True)] == [Mechanism.APP]


def test_what_somebody_did_covers_nothing() -> None:
    """Asking, and what is written down of a source without having looked at it, change no span."""
    ledger = Ledger()
    grant = ledger.see(MONDAY, Finding(state=GrantState.REQUESTED)).after
    forged = fact_of(replace(grant, state=GrantState.ACTIVE, known_state=GrantState.ACTIVE))
    ledger.write(EntryKind.ASKED, grant=forged)
    ledger.write(EntryKind.WITHDRAWN)
    ledger.see(MONDAY, NO_ANSWER, "other")
    assert spans(ledger) == []


def test_without_the_row_beside_the_ledger() -> None:
    """An exported ledger alone says the same, as far as its last entry goes."""
    ledger = Ledger()
    ledger.see(MONDAY, active())
    ledger.see(MONDAY + 5 * HOUR, active())
    assert [span.ends_at for span in ledger_spans(ledger.entries, [])] == [MONDAY + 24 * HOUR]
    assert [span.ends_at for span in ledger_spans(ledger.entries, ledger.grants.values())] == [MONDAY + 29 * HOUR]


def test_an_end_whose_entry_is_missing() -> None:
    """Where the row beside the ledger says that it is over, it is over: at the last check that the ledger knows of."""
    ledger = Ledger()
    ledger.see(MONDAY, active(valid_from=MAY))
    ledger.see(MONDAY + HOUR, GONE)
    ended = ledger_spans(ledger.entries[:1], ledger.grants.values())
    assert [(span.begins_at, span.ends_at) for span in ended] == [(MAY, MONDAY)]


# --- against a naive count, half an hour after half an hour -----------------------------------------------------------

LONGEST = 120
Check = tuple[int, Finding | NoFinding]


@st.composite
def found(draw: st.DrawFn, hour: int) -> Finding | NoFinding:
    """What one check finds, at this hour."""
    what = draw(st.sampled_from(["active", "active", "active", "gone", "requested", "failed", "failed"]))
    if what == "failed":
        return NO_ANSWER
    if what == "requested":
        return Finding(state=GrantState.REQUESTED)
    if what == "gone":
        ended = draw(st.none() | st.integers(0, hour))
        return Finding(
            state=draw(st.sampled_from([GrantState.NONE, GrantState.REVOKED, GrantState.EXPIRED])),
            valid_until=None if ended is None else MONDAY + ended * HOUR,
        )
    since = draw(st.none() | st.integers(-5, hour))
    left = draw(st.none() | st.integers(-3, 60))
    scope: tuple[Permission, ...] = draw(st.sampled_from([(EXCHANGE, HELPDESK), (HELPDESK,), (READER,)]))
    return active(
        valid_from=None if since is None else MONDAY + since * HOUR,
        valid_until=None if left is None else MONDAY + (hour + left) * HOUR,
        proof=draw(st.sampled_from([Proof.RELATIONSHIP, None])),
        scope=scope,
    )


@st.composite
def checks(draw: st.DrawFn) -> list[Check]:
    """Checks at different hours, in their order."""
    hours = sorted(draw(st.sets(st.integers(0, LONGEST), min_size=1, max_size=8)))
    return [(hour, draw(found(hour))) for hour in hours]


def is_covered(done: list[Check], when: datetime) -> tuple[bool, bool]:
    """Whether an instant is covered, and whether only carried, counted from the checks on both sides of it."""
    answered = [
        (MONDAY + hour * HOUR, finding, _in_force(finding, MONDAY + hour * HOUR))
        for hour, finding in done
        if isinstance(finding, Finding)
    ]
    earlier = [one for one in answered if one[0] <= when]
    later = [one for one in answered if one[0] > when]
    before, after = earlier[-1] if earlier else None, later[0] if later else None
    given_at = after[1].valid_from if after and after[2] and after[1].proof else None
    if before is None or not before[2]:
        return given_at is not None and given_at <= when, False
    seen, finding, _ = before
    fails = [hour for hour, one in done if isinstance(one, NoFinding) and MONDAY + hour * HOUR > seen]
    if after is None:
        holds = when < seen + 24 * HOUR and (finding.valid_until is None or when < finding.valid_until)
        return holds, holds and bool(fails)
    looked, found_then, is_there = after
    if not is_there:
        return when < _ended(seen, finding, found_then, looked), False
    if given_at is not None and given_at > seen:
        return when >= given_at, False
    was_failing = any(
        MONDAY + hour * HOUR < looked
        for hour, one in done
        if isinstance(one, NoFinding) and MONDAY + hour * HOUR > seen
    )
    if was_failing and looked - seen > 24 * HOUR:
        holds = when < seen + 24 * HOUR and (finding.valid_until is None or when < finding.valid_until)
        return holds, holds
    return True, False


def _ended(seen: datetime, finding: Finding, gone: Finding, looked: datetime) -> datetime:
    """Until when what was seen with `finding` counts, now that it is gone."""
    may_have_run_out = gone.state in {GrantState.EXPIRED, GrantState.NONE, GrantState.ACTIVE}
    named = [gone.valid_until, finding.valid_until if may_have_run_out else None]
    passed = [end for end in named if end is not None and end <= looked]
    return max(seen, min([*passed, finding.valid_until or looked])) if passed else seen


def _in_force(finding: Finding, when: datetime) -> bool:
    return finding.state is GrantState.ACTIVE and (finding.valid_until is None or when < finding.valid_until)


@given(checks(), st.randoms(use_true_random=False))
def test_never_wrongly(done: list[Check], random: Random) -> None:
    """Every half hour is covered, carried or neither, as a naive count says; order and repeats change nothing."""
    ledger = Ledger()
    for hour, finding in done:
        ledger.see(MONDAY + hour * HOUR, finding)
    entries = [*ledger.entries, *random.choices(ledger.entries, k=2)]
    random.shuffle(entries)
    result = ledger_spans(entries, ledger.grants.values())
    assert set(result) == set(spans(ledger))
    for half in range(-12, 2 * (LONGEST + 50)):
        when = MONDAY + half * HOUR / 2
        span = covering_span(result, when)
        assert (span is not None, span is not None and span.is_carried) == is_covered(done, when), when


@given(checks())
def test_no_two_spans_of_a_source_overlap(done: list[Check]) -> None:
    """Each instant has one scope in force, of each source."""
    ledger = Ledger()
    for hour, finding in done:
        ledger.see(MONDAY + hour * HOUR, finding)
    ordered = spans(ledger)
    for one, following in pairwise(ordered):
        assert one.ends_at is not None
        assert one.ends_at <= following.begins_at


@pytest.mark.parametrize("mechanism", list(Mechanism))
def test_each_source_for_itself(mechanism: Mechanism) -> None:
    """That one source is gone says nothing of another one."""
    ledger = Ledger()
    ledger.see(MONDAY, active(), "one", mechanism)
    ledger.see(MONDAY, active(), "two", mechanism)
    ledger.see(MONDAY + HOUR, GONE, "one", mechanism)
    (left,) = spans(ledger, app_covers_work=True)
    assert left.grant_id == 2
