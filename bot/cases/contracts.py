"""Section `contracts`: the course of a contract from its signature to its end (D16-D18)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from bot.cases.comparing import Difference, compare, compare_value, unknown_keys
from bot.cases.reading import Given
from contract.periods import Cancellation, Course, Outcome, Side, Term, contract_course
from contract.prices import PriceBook

_OK, _NEVER, _REFUSED = "ok", "ok:never_starts", "refused"
_OF_ITS_START = ("start", "price_list_year")
"""Of a contract that never starts these may be null or what was agreed: both say the same."""


def contract_differences(case: Given, _prices: PriceBook) -> Iterator[Difference]:
    """Compare first and last day, the months and their invoices, what came of each cancellation, and the probes."""
    yield from unknown_keys(case, "id", "input", "expected")
    given, expected = case.field("input"), case.field("expected")
    yield from unknown_keys(given, "signed_at", "cancellations", "running_contract_end", "probe")
    running = given.maybe("running_contract_end")
    cancellations = given.maybe("cancellations")
    received = [] if cancellations is None else cancellations.items()
    for one in received:
        yield from unknown_keys(one, "received_at", "requested_end", "by")
    course = contract_course(
        given.field("signed_at").instant(),
        [_cancellation(one) for one in received],
        running.day() if running is not None else None,
    )
    found = _results(course)
    apart = {name: value for name, value in expected.fields() if name in ("cancellation_results", "active_at")}
    compared = Given({name: value for name, value in expected.value.items() if name not in apart}, expected.place)
    if course.term.never_starts:
        agreed = {"start": course.agreed.starts_on.isoformat(), "price_list_year": str(course.agreed.starts_on.year)}
        for name in _OF_ITS_START:
            if compared.value.get(name) == agreed[name]:
                found[name] = compared.value[name]
    yield from compare(compared, found)
    if (results := apart.get("cancellation_results")) is not None:
        wanted = [_without_reason(one.text()) for one in results.items()]
        yield from compare_value(
            "cancellation_results", Given(wanted, results.place), [_result(outcome) for outcome in course.outcomes]
        )
    if (active := apart.get("active_at")) is not None:
        yield from _probe_differences(active, course, given.maybe("probe"))


def _cancellation(given: Given) -> Cancellation:
    requested, by = given.maybe("requested_end"), given.maybe("by")
    return Cancellation(
        received_at=given.field("received_at").instant(),
        requested_end=requested.day() if requested is not None else None,
        by=by.choice(Side) if by is not None else Side.CUSTOMER,
    )


def _results(course: Course) -> dict[str, Any]:
    never = course.term.never_starts
    return {
        "start": course.start,
        "end": course.end,
        "months_billed": course.months_billed,
        "first_invoice_date": course.term.first_invoice_on,
        "last_invoice_date": course.term.last_invoice_on,
        "price_list_year": None if never else str(course.agreed.starts_on.year),
        "uncovered_months": [f"{year}-{month:02}" for year, month in course.uncovered],
    }


def _result(outcome: Outcome) -> str:
    if not isinstance(outcome, Term):
        return _REFUSED
    return _NEVER if outcome.never_starts else _OK


def _without_reason(result: str) -> str:
    """`refused:` is followed by a reason, which is not compared."""
    return _REFUSED if result.partition(":")[0] == _REFUSED else result


def _probe_differences(active: Given, course: Course, probes: Given | None) -> Iterator[Difference]:
    """Whether the contract is active at each instant: by instant, or a list in the order of the probes."""
    if active.is_mapping:
        for name, value in active.fields():
            instant = Given(name, value.place).instant()
            yield from compare_value(f"active_at.{name}", value, course.term.is_active(instant))
        return
    instants = [one.instant() for one in probes.items()] if probes is not None else []
    yield from compare_value("active_at", active, [course.term.is_active(instant) for instant in instants])
