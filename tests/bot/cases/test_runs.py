"""Worked cases: every section is run by the product's own rules, and whatever differs is said."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.cases.reading import Given, read_cases
from bot.cases.runs import SECTIONS, CaseResult, Report, run_cases

FILES = sorted((Path(__file__).resolve().parents[2] / "cases").glob("*.json"))
FEE = {"2026": {"fee": 27500, "office": 8500, "after_hours": 11000, "weekend_holiday": 13000}}
MONDAY = "2026-11-23T10:00:00+01:00"


def read(path: Path) -> dict[str, Any]:
    """A file of cases as JSON."""
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found


def run(**sections: Any) -> Report:
    """Run sections as a file would have them."""
    return run_cases(Given({"price_lists": FEE, **sections}))


def only(report: Report) -> CaseResult:
    """The result of the only case."""
    (result,) = report.results
    return result


def said(report: Report) -> list[str]:
    """Every difference as a line."""
    return [difference.text for result in report.results for difference in result.differences]


def leaves(node: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The way to every single value of a piece of JSON, but for reasons, which are not compared."""
    if isinstance(node, dict):
        for name, value in node.items():
            if name != "reason":
                yield from leaves(value, (*path, name))
    elif isinstance(node, list):
        for count, value in enumerate(node):
            yield from leaves(value, (*path, count))
    else:
        yield path


def changed(value: Any) -> Any:
    """Another value than this one, of the same kind."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value + 1
    if value is None:
        return 7
    if value.startswith("refused"):
        return "ok"
    return {"work_order": "quote", "quote": "work_order"}.get(
        value, value.replace("202", "203", 1) + "x"[: "-" not in value]
    )


def test_there_are_cases() -> None:
    """The provider's examples are here, and more of our own."""
    assert [path.name for path in FILES] == ["contract-cases.json", "more-cases.json"]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_case_holds(path: Path) -> None:
    """Every section of both files is run, with the price lists of the file, and every case holds."""
    report = run_cases(read_cases(path))
    assert said(report) == []
    assert report.unreadable == []
    assert report.unknown == ()
    counts = {section: (cases, hold) for section, cases, hold in report.counts()}
    assert counts.keys() == SECTIONS.keys()
    assert all(cases == hold > 0 for cases, hold in counts.values())
    assert report.holds


@pytest.mark.parametrize("section", ["bands", "invoices", "contracts", "allowance", "pickup"])
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_nothing_expected_is_overlooked(path: Path, section: str) -> None:
    """Whatever single value of what a case expects is changed, the case no longer holds: each of them is compared."""
    given = read(path)
    for case in given[section]:
        for key in [key for key in case if key.startswith("expected")]:
            for way in leaves(case[key]):
                wrong = copy.deepcopy(case)
                holder: Any = wrong
                steps = (key, *way)
                for step in steps[:-1]:
                    holder = holder[step]
                holder[steps[-1]] = changed(holder[steps[-1]])
                report = run_cases(Given({"price_lists": given["price_lists"], section: [wrong]}))
                assert not report.holds, (case["id"], steps)


@pytest.mark.parametrize("section,key", [("money", "amount_cents"), ("vat_21", "vat_cents")])
def test_amounts_are_compared(section: str, key: str) -> None:
    """A cent too much is a difference."""
    for case in read(FILES[0])[section]:
        assert not run(**{section: [{**case, key: case[key] + 1}]}).holds


def test_holidays_are_compared_by_date() -> None:
    """A holiday too much and one too few are said; what they are called does not matter (D3)."""
    year = read(FILES[0])["holidays"]["2026"]
    assert run(holidays={"2026": dict.fromkeys(year, "feest")}).holds
    less = {day: name for day, name in year.items() if day != "2026-04-27"}
    assert said(run(holidays={"2026": less})) == ["2026-04-27: expected no holiday, found a holiday"]
    more = {**year, "2026-04-03": "Goede Vrijdag"}
    assert said(run(holidays={"2026": more})) == ["2026-04-03: expected a holiday, found no holiday"]


def test_clock_changes_are_compared() -> None:
    """The days of both clock changes are those of the zone's data (D1)."""
    assert said(run(dst_dates={"2026": ["03-29", "10-24"]})) == ["days: expected 03-29, 10-24, found 03-29, 10-25"]


def test_a_moment_may_be_written_in_any_zone() -> None:
    """Instants are the same when they are the same moment; seconds are not lost on the way."""
    case: dict[str, Any] = {"id": "P", "input": {"created": MONDAY, "priority_office_minutes": None}}
    assert run(pickup=[{**case, "expected": {"due": "2026-11-26T16:00:00Z", "priority_due": None}}]).holds
    assert not run(pickup=[{**case, "expected": {"due": "2026-11-26T16:00:01Z"}}]).holds


def test_only_what_is_expected_is_compared() -> None:
    """A case that says less is not wrong; an expected key that is no result is."""
    case: dict[str, Any] = {"id": "B", "start": MONDAY, "end": "2026-11-23T11:00:00+01:00"}
    assert run(bands=[{**case, "expected": {"office": 60}}]).holds
    assert run(bands=[{**case, "expected": {"reason": "because"}}]).holds
    assert said(run(bands=[{**case, "expected": {"lunch": 60}}])) == ["lunch: expected 60, found no such result"]


INVOICE: dict[str, Any] = {
    "id": "I",
    "input": {
        "month": "2026-11",
        "contract": {"start": "2026-01-01", "end": "2026-12-31"},
        "tickets": [{"id": "T1", "created": MONDAY, "entries": []}, {"id": "T2", "created": MONDAY, "void": True}],
    },
}
MINIMUM = {"ticket": "T1", "kind": "minimum", "price_year": "2026", "minutes": 15, "rate_cents": 8500}


def expecting(**expected: Any) -> list[str]:
    """The differences of the invoice above with what is expected of it."""
    return said(run(invoices=[{**INVOICE, "expected": expected}]))


def test_lines_of_an_invoice() -> None:
    """A line too few, too many or twice is said by ticket, kind and price year; their order does not matter (D6)."""
    assert expecting(lines=[MINIMUM]) == []
    assert expecting(lines=[{**MINIMUM, "price_year": 2026}]) == []
    assert expecting(lines=[]) == ["line T1 minimum 2026: expected nothing, found 15 minutes, 2125 cents"]
    assert expecting(lines=[MINIMUM, MINIMUM]) == ["line T1 minimum 2026: expected a line, found nothing"]
    assert expecting(lines=[{**MINIMUM, "ticket": "T2"}]) == [
        "line T2 minimum 2026: expected a line, found nothing",
        "line T1 minimum 2026: expected nothing, found 15 minutes, 2125 cents",
    ]


def test_tickets_of_an_invoice() -> None:
    """A ticket without a line comes to zero; one that comes to more has to be expected; others do not exist."""
    comes_to = {"work_minutes": 0, "minimum_minutes": 15, "billed_minutes": 15, "net_cents": 2125}
    zero = dict.fromkeys(comes_to, 0)
    assert expecting(tickets={"T1": comes_to}) == []
    assert expecting(tickets={"T1": comes_to, "T2": zero}) == []
    assert expecting(tickets={"T2": zero}) == ["ticket T1: expected nothing, found 15 minutes"]
    assert expecting(tickets={"T1": comes_to, "T3": zero}) == [
        "ticket T3: expected a ticket of the case, found nothing"
    ]


def test_no_invoice() -> None:
    """`null` is no invoice, and an invoice is not null (D9, D16)."""
    assert said(run(invoices=[{**INVOICE, "expected": None}])) == ["invoice: expected nothing, found an invoice"]
    before = {**INVOICE["input"], "month": "2025-12"}
    assert said(run(invoices=[{"id": "I", "input": before, "expected": {"fee_cents": 0}}])) == [
        "invoice: expected an invoice, found nothing"
    ]
    assert run(invoices=[{"id": "I", "input": before, "expected": None}]).holds


def test_without_price_lists_the_contracts_prices_hold() -> None:
    """A file that brings no prices is calculated with those that the contract states (R13, R21-R23)."""
    report = run_cases(Given({"invoices": [{**INVOICE, "expected": {"fee_cents": 27500, "net_cents": 29625}}]}))
    assert report.holds


def test_a_contract_that_never_starts() -> None:
    """Its start is null, or the day that was agreed: both are the same result (D18)."""
    case: dict[str, Any] = {
        "signed_at": "2026-11-23T12:00:00+01:00",
        "cancellations": [{"received_at": "2026-11-24T12:00:00+01:00"}],
    }
    for start, year in ((None, None), ("2026-12-01", "2026")):
        expected = {"start": start, "end": None, "price_list_year": year, "months_billed": 0}
        assert run(contracts=[{"id": "C", "input": case, "expected": expected}]).holds
    assert not run(contracts=[{"id": "C", "input": case, "expected": {"start": "2027-01-01"}}]).holds
    assert not run(contracts=[{"id": "C", "input": case, "expected": {"end": "2026-12-31"}}]).holds


@pytest.mark.parametrize("active", [[True, False], {MONDAY: True, "2027-01-01T12:00:00+01:00": False}])
def test_probes(active: Any) -> None:
    """Whether a contract is active is asked by instant, or in the order of the probes (R27, R28)."""
    probes = [MONDAY, "2027-01-01T12:00:00+01:00"]
    case = {"signed_at": "2026-10-23T12:00:00+02:00", "probe": probes}
    assert run(contracts=[{"id": "C", "input": case, "expected": {"active_at": active}}]).holds


def test_as_many_results_as_events() -> None:
    """A result without an event, or an event without a result, is said: it was compared with nothing."""
    case: dict[str, Any] = {"id": "A", "contacts": ["c1"], "events": [{"do": "log", "minutes": 10}]}
    assert said(run(allowance=[{**case, "expected": []}])) == ["expected: expected 0 results, found 1 events"]
    two = [{"ok": True, "remaining": 110}, {"ok": True}]
    assert said(run(allowance=[{**case, "expected": two}])) == ["expected: expected 2 results, found 1 events"]


def test_what_is_unknown_is_reported() -> None:
    """An unknown section or key is never skipped in silence, and then the file does not hold; prose is for people."""
    money = {"minutes": 15, "rate_cents": 8500, "amount_cents": 2125}
    assert run(money=[{**money, "title": "a quarter", "decisions": ["D6"], "note": "", "comment": ""}]).holds
    report = run(money=[{**money, "colour": "red"}], weather=[])
    assert report.unknown == ("weather",)
    assert said(report) == ["money[0].colour: unknown key, not taken into account"]
    assert not report.holds


@pytest.mark.parametrize(
    "section,case,place",
    [
        ("bands", {"start": MONDAY, "end": MONDAY, "holiday_profile": {"dec_25": True}, "expected": {}}, "dec_25"),
        ("invoices", {"input": {**INVOICE["input"], "discount": 1}, "expected": None}, "input.discount"),
        (
            "invoices",
            {"input": {**INVOICE["input"], "contract": {"start": "2026-01-01", "end": "2026-12-31", "fee": 1}}},
            "contract.fee",
        ),
        ("contracts", {"input": {"signed_at": MONDAY, "by": "x"}, "expected": {}}, "input.by"),
        (
            "contracts",
            {"input": {"signed_at": MONDAY, "cancellations": [{"received_at": MONDAY, "why": ""}]}, "expected": {}},
            "cancellations[0].why",
        ),
        ("allowance", {"contacts": [], "events": [{"do": "log", "minutes": 1, "rate": 1}], "expected": [{}]}, "rate"),
        ("pickup", {"input": {"created": MONDAY, "urgency": "high"}, "expected": {}}, "input.urgency"),
        ("vat_21", {"net_cents": 100, "vat_cents": 21, "percent": 9}, "percent"),
    ],
)
def test_unknown_keys_are_found_at_every_depth(section: str, case: dict[str, Any], place: str) -> None:
    """What a key asks for is not guessed: the case is reported with the place of the key."""
    report = run(**{section: [{"expected": None, **case}]})
    assert any(text.startswith(f"{section}[0]") and f"{place}: unknown key" in text for text in said(report))
    assert not report.holds


def test_unknown_keys_of_a_price_list() -> None:
    """A price that no rule uses is said too; the lists themselves are no cases."""
    report = run_cases(Given({"price_lists": {"2026": {**FEE["2026"], "travel": 40}}}))
    assert said(report) == ["price_lists.2026.travel: unknown key, not taken into account"]
    assert run_cases(Given({"price_lists": FEE})).results == ()


def test_nothing_run_is_not_a_success() -> None:
    """A file without a case proves nothing."""
    assert not run().holds
    assert not run(money=[]).holds


def examples() -> list[str]:
    """The examples of the documentation."""
    page = (Path(__file__).resolve().parents[3] / "docs" / "contract-cases.md").read_text(encoding="utf-8")
    return [block.partition("```")[0] for block in page.split("```json\n")[1:]]


def test_the_documented_examples_hold() -> None:
    """Every section is documented with an example that is read as it stands, and holds."""
    found = [json.loads(example) for example in examples()]
    assert {section for example in found for section in example} == {*SECTIONS, "price_lists"}
    for example in found:
        report = run_cases(Given(example))
        assert (said(report), report.unreadable) == ([], [])
