"""A file of worked cases is read strictly: what can't be read is said with its place, and nothing is dropped."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from bot.cases.reading import Given, Unreadable, read_cases
from bot.cases.runs import run_cases
from contract.people import Language

MONDAY = "2026-11-23T10:00:00+01:00"


def why(given: Any) -> str:
    """Why sections can't be read: the first thing that is said."""
    report = run_cases(Given(given))
    return str(report.unreadable[0])


def test_values_are_what_they_are() -> None:
    """Words, whole numbers, days, months, years and instants are read from their place."""
    given = Given(
        {"a": {"text": "x", "whole": 3, "yes": False, "day": "2026-11-23", "month": "2026-11", "at": MONDAY, "l": [1]}}
    ).field("a")
    assert given.field("text").text() == "x"
    assert given.field("whole").whole() == 3
    assert given.field("yes").yes() is False
    assert given.field("day").day() == date(2026, 11, 23)
    assert given.field("month").month() == (2026, 11)
    assert given.field("at").instant() == datetime(2026, 11, 23, 9, tzinfo=UTC)
    assert given.field("l").items()[0].place == "a.l[0]"
    assert Given("2026").year() == Given(2026).year() == 2026
    assert Given("nl").choice(Language) is Language.NL
    assert given.maybe("none") is None


@pytest.mark.parametrize(
    "what,value",
    [
        ("whole", 1.0),
        ("whole", True),
        ("whole", "1"),
        ("text", 1),
        ("yes", 1),
        ("yes", "true"),
        ("day", "2026-02-29"),
        ("day", 20260223),
        ("day", "1026-02-23"),
        ("month", "2026-13"),
        ("month", "9026-01"),
        ("month", 2026),
        ("year", "two"),
        ("year", True),
        ("year", "10000"),
        ("year", None),
        ("instant", "2026-11-23T10:00:00"),
        ("instant", "2026-11-23"),
        ("instant", "tomorrow"),
        ("instant", None),
        ("instant", "9999-12-31T23:59:59+01:00"),
        ("items", {}),
        ("items", "ab"),
    ],
)
def test_what_is_something_else_is_refused(what: str, value: Any) -> None:
    """Nothing is guessed: no number in quotes, no instant without its offset, no day that is none."""
    with pytest.raises(Unreadable) as refused:
        getattr(Given(value, "here"), what)()
    assert refused.value.place == "here"
    assert refused.value.what.startswith(("not ", "of a year"))


def test_long_values_are_shown_shortened() -> None:
    """What is shown of a value stays a line, and words keep their letters."""
    with pytest.raises(Unreadable) as refused:
        Given("é" * 500, "here").whole()
    assert str(refused.value) == f'here: not a whole number, but "{"é" * 59}...'


@pytest.mark.parametrize(
    "text,said",
    [
        ('{"money": [\n1,]}', "line 2, column 3"),
        ("", "line 1, column 1"),
        ("[]", "not an object with a key per section"),
        ('{"money": [], "money": []}', 'the key "money" comes twice'),
        ('{"money": [{"minutes": NaN}]}', "NaN is no number"),
        ("[" * 100_000, "nested too deeply"),
        ('{"bands": [{"id": "\\ud800"}]}', "half of a character"),
        (f'{{"money": [{{"minutes": {"9" * 6000}}}]}}', "a number of more digits than can be read"),
    ],
)
def test_files_that_are_no_cases(tmp_path: Path, text: str, said: str) -> None:
    """Broken JSON is said with its line; a key that comes twice too: one of the two would not have been run."""
    path = tmp_path / "cases.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(Unreadable, match=said):
        read_cases(path)


def test_files_that_are_not_there_or_no_text(tmp_path: Path) -> None:
    """A file that is missing, a folder and bytes that are no UTF-8 are said by name; a byte order mark is no matter."""
    path = tmp_path / "cases.json"
    for wrong in (path, tmp_path):
        with pytest.raises(Unreadable) as refused:
            read_cases(wrong)
        assert refused.value.place == str(wrong)
    path.write_bytes(b'{"money": "\xff"}')
    with pytest.raises(Unreadable, match="byte 11 is not UTF-8"):
        read_cases(path)
    path.write_bytes(b'\xef\xbb\xbf{"money": []}')
    assert read_cases(path).field("money").items() == []


@pytest.mark.parametrize(
    "sections,said",
    [
        ({"money": [{"minutes": 1, "rate_cents": 8500}]}, "money[0]: amount_cents is missing"),
        ({"money": [3]}, "money[0]: not an object with keys, but 3"),
        ({"pickup": [{"input": {"created": "2026"}, "expected": {}}]}, "pickup[0].input.created: not an instant"),
        (
            {"pickup": [{"input": {"created": MONDAY, "priority_office_minutes": -1}, "expected": {}}]},
            "pickup[0].input.priority_office_minutes: not minutes of zero or more",
        ),
        ({"holidays": {"2026": {"1 January": ""}}}, "holidays.2026.1 January: not a day"),
        ({"holidays": {"this year": {}}}, "holidays.this year: not a year"),
        ({"dst_dates": {"2026": ["03-32"]}}, "dst_dates.2026[0]: not a day"),
        (
            {
                "bands": [
                    {"start": MONDAY, "end": MONDAY, "holiday_profile": {"liberation_day": "often"}, "expected": {}}
                ]
            },
            "bands[0].holiday_profile.liberation_day: not one of lustrum, yearly, never",
        ),
        (
            {"bands": [{"start": MONDAY, "end": MONDAY, "expected": {}, "expected_by_month": {"November": {}}}]},
            "bands[0].expected_by_month.November: not a month",
        ),
        ({"contracts": [{"input": {}, "expected": {}}]}, "contracts[0].input: signed_at is missing"),
        (
            {"allowance": [{"contacts": [], "events": [{"do": "dance"}], "expected": []}]},
            "events[0].do: not one of log",
        ),
        ({"allowance": [{"contacts": [], "events": [{"do": "log"}], "expected": []}]}, "minutes is missing"),
        ({"allowance": [{"contacts": [], "events": [{"do": "stop"}], "expected": []}]}, "by is missing"),
        ({"money": [{"minutes": 10**4000, "rate_cents": 8500, "amount_cents": 0}]}, "at most 18 digits"),
        ({"holidays": {"9" * 5000: []}}, "not a year"),
        (
            {"allowance": [{"contacts": [], "events": [{"do": "log", "minutes": 10**15}], "expected": []}]},
            "allowance[0]: minutes that no calendar has",
        ),
        (
            {"invoices": [{"input": {"month": "2026-11", "contract": {}, "tickets": []}, "expected": {}}]},
            "invoices[0].input.contract: start is missing",
        ),
        (
            {
                "invoices": [
                    {
                        "input": {
                            "month": "2026-11",
                            "contract": {"start": "2026-01-01", "end": "2026-12-31"},
                            "tickets": [],
                            "vat": "none",
                        },
                        "expected": {},
                    }
                ]
            },
            "invoices[0].input.vat: not reverse_charge",
        ),
        (
            {
                "invoices": [
                    {
                        "input": {
                            "month": "2026-11",
                            "contract": {"start": "2026-01-01", "end": "2026-12-31"},
                            "tickets": [{"id": "T", "created": MONDAY}, {"id": "T", "created": MONDAY}],
                        },
                        "expected": {},
                    }
                ]
            },
            "invoices[0].input.tickets: not tickets with an id each",
        ),
    ],
)
def test_a_case_that_cannot_be_read_is_said_with_its_place(sections: dict[str, Any], said: str) -> None:
    """Where, and what was expected there; the case does not hold."""
    report = run_cases(Given(sections))
    assert said in why(sections)
    assert not report.holds


def test_other_cases_are_run_all_the_same() -> None:
    """One case that can't be read keeps no other from being run."""
    good = {"minutes": 1, "rate_cents": 8500, "amount_cents": 142}
    report = run_cases(Given({"money": [{}, good], "vat_21": [{"net_cents": 0, "vat_cents": 0}]}))
    assert [result.holds for result in report.results] == [False, True, True]


@pytest.mark.parametrize(
    "sections,said",
    [
        ({"money": {"a": 1}, "vat_21": 3}, "vat_21: not a list"),
        ({"price_lists": []}, "price_lists: not an object"),
        ({"price_lists": {}}, "price_lists: not at least one price list"),
        ({"price_lists": {"2026": {"fee": 1}}}, "price_lists.2026: office is missing"),
    ],
)
def test_whole_sections_that_cannot_be_read(sections: dict[str, Any], said: str) -> None:
    """Without prices, or without a list of cases, there is nothing to run."""
    with pytest.raises(Unreadable) as refused:
        run_cases(Given(sections))
    assert str(refused.value).startswith(said)
