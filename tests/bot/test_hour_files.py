"""Time entries as CSV: whatever other tools and spreadsheets make of it is read, or refused with the reason."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.hour_files import Row, UnreadableFile, read_rows, write_rows
from contract.hours import OutsideHoursReason, Place

HEAD = "ticket;engineer;start;end;billable;place;reason;what"
LINE = "1001;eva@example.com;2026-11-23 10:00;2026-11-23 10:45;yes;remote;;Moved the mailbox"


def rows_of(text: str | bytes) -> list[Row]:
    """The rows of a file that can be read wholly."""
    rows, refused = read_rows(text.encode() if isinstance(text, str) else text)
    assert refused == []
    return rows


def only(text: str | bytes) -> Row:
    """The only row of a file."""
    (row,) = rows_of(text)
    return row


def with_cell(column: str, cell: str) -> str:
    """A file with one line, in which one cell is another."""
    names, cells = f"id;{HEAD}".split(";"), f";{LINE}".split(";")
    cells[names.index(column)] = cell
    return f"id;{HEAD}\n{';'.join(cells)}\n"


def why(text: str | bytes) -> str:
    """Why the only line of a file can't be read."""
    rows, (refused,) = read_rows(text.encode() if isinstance(text, str) else text)
    assert rows == []
    return refused.why


def test_a_line_is_an_entry() -> None:
    """Every column is read as what it is: local times as instants, yes as billable."""
    row = only(f"{HEAD}\n{LINE}\n")
    assert (row.line, row.ticket, row.engineer, row.what) == (2, 1001, "eva@example.com", "Moved the mailbox")
    assert row.span.start == datetime(2026, 11, 23, 9, tzinfo=UTC)
    assert row.span.minutes == 45
    assert (row.is_billable, row.place, row.reason) == (True, Place.REMOTE, None)


def test_only_some_columns_are_needed() -> None:
    """Without the others an entry is billable and remote; neither order nor other columns matter."""
    row = only("What,END,Colour,start,Engineer,Ticket\nx,2026-11-23 11:00,red,2026-11-23 10:00,Eva,7\n")
    assert (row.ticket, row.span.minutes, row.is_billable, row.place, row.what) == (7, 60, True, Place.REMOTE, "x")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("separator", [";", ",", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_what_spreadsheets_write(encoding: str, separator: str, end: str) -> None:
    """Separators, line ends, byte order marks and the encoding of Western Europe are recognised."""
    text = f"{HEAD}\n{LINE} é €\n\n;;;;;;;\n".replace(";", separator).replace("\n", end)
    assert only(text.encode(encoding)).what == "Moved the mailbox é €"


def test_texts_may_have_separators_quotes_and_lines() -> None:
    """What stands in quotes is one cell; a line keeps the number at which it begins in the file."""
    text = f'{HEAD}\n1;e;2026-11-23 10:00;2026-11-23 10:30;;;;"a; ""b""\nc"\n{LINE}\n'
    first, second = rows_of(text)
    assert (first.line, first.what) == (2, 'a; "b"\nc')
    assert second.line == 4


@pytest.mark.parametrize(
    "cell,number", [("1001", 1001), ("#1001", 1001), ("1001.0", 1001), ("1001,00", 1001), ("# 7", 7)]
)
def test_numbers_of_tickets(cell: str, number: int) -> None:
    """A spreadsheet may have made a decimal of a ticket's number."""
    assert only(with_cell("ticket", cell)).ticket == number


@pytest.mark.parametrize(
    "start,end,minutes",
    [
        ("2026-11-23 10:00", "2026-11-23 10:30", 30),
        ("2026-11-23T10:00", "2026-11-23T10:30:59", 30),
        ("23-11-2026 10:00", "23-11-2026 10:30:00", 30),
        ("2026-11-23T10:00:00+01:00", "2026-11-23T09:30:00Z", 30),
        ("2026-11-23 10:00+01:00", "2026-11-23 10:30+01:00", 30),
        ("2026-11-23 23:45", "2026-11-24 00:15", 30),
        ("2026-10-25 02:30", "2026-10-25 03:00", 30),
        ("2026-10-25 02:30+02:00", "2026-10-25 02:30+01:00", 60),
        ("2026-11-23 10:30", "2026-11-23 10:00", -30),
    ],
)
def test_times(start: str, end: str, minutes: int) -> None:
    """Local times, the Dutch order, and instants; an hour that comes twice is read as the shorter entry (D23)."""
    cells = LINE.split(";")
    cells[2:4] = start, end
    assert only(f"{HEAD}\n{';'.join(cells)}\n").span.minutes == minutes


@pytest.mark.parametrize(
    "cell,billable",
    [("yes", True), ("Nee", False), ("", True), ("TRUE", True), ("0", False), ("x", True), ("onwaar", False)],
)
def test_billable(cell: str, billable: bool) -> None:
    """Yes and no as people and spreadsheets write them, in both languages."""
    assert only(with_cell("billable", cell)).is_billable is billable


@pytest.mark.parametrize(
    "column,cell,value",
    [
        ("place", "On-site", Place.ON_SITE),
        ("place", "op locatie", Place.ON_SITE),
        ("place", "Advies", Place.ADVICE),
        ("place", "advice", Place.ADVICE),
        ("place", "REMOTE", Place.REMOTE),
        ("reason", "customer asked", OutsideHoursReason.CUSTOMER_ASKED),
        ("reason", "own_choice", OutsideHoursReason.OWN_CHOICE),
    ],
)
def test_choices(column: str, cell: str, value: object) -> None:
    """Where, and why outside office hours, in whatever capitals and with spaces."""
    assert getattr(only(with_cell(column, cell)), column) is value


@pytest.mark.parametrize(
    "column,cell,said",
    [
        ("ticket", "T-1", "T-1 is no number of a ticket"),
        ("ticket", "1001.5", "1001.5 is no number of a ticket"),
        ("ticket", "", "ticket is empty"),
        ("engineer", " ", "engineer is empty"),
        ("start", "", "start is empty"),
        ("start", "46349.4167", "46349.4167 is no time"),
        ("start", "2026-11-23", "2026-11-23 is no time: a day and a time of day"),
        ("start", "11/23/2026 10:00", "11/23/2026 10:00 is no time: write 2026-11-23 10:00"),
        ("start", "1026-11-23 10:00", "1026-11-23 10:00 is no time: a day and a time of day from 2000"),
        ("start", "2026-11-23T10:00Z", "start and end are not written the same way"),
        ("billable", "maybe", "billable is maybe: write yes or no"),
        ("place", "home", "place is home: write remote, advice, on_site"),
        ("reason", "because", "reason is because: write customer_asked, urgency, agreed_time, own_choice"),
        ("what", "x" * 2001, "what is longer than 2000 characters"),
        ("id", "x" * 151, "id is longer than 150 characters"),
    ],
)
def test_lines_that_cannot_be_read(column: str, cell: str, said: str) -> None:
    """A cell that is something else is said as it stands, with what to write instead."""
    assert said in why(with_cell(column, cell))


def test_a_time_that_the_clock_skips() -> None:
    """There is no half past two on the night in March (D23)."""
    line = LINE.replace("2026-11-23 10:00", "2026-03-29 02:30").replace("2026-11-23 10:45", "2026-03-29 03:30")
    assert why(f"{HEAD}\n{line}\n") == "2026-03-29 02:30 does not exist: the clock skipped an hour"


def test_more_cells_than_columns() -> None:
    """A separator in a text without quotes shifts cells under other columns: refused, not guessed."""
    assert "more cells than columns" in why(f"{HEAD}\n{LINE};and more\n")
    assert rows_of(f"{HEAD}\n{LINE};;\n")[0].ticket == 1001


@pytest.mark.parametrize(
    "content,said",
    [
        (b"", "it is empty"),
        (b"\n\n", "it is empty"),
        (b"ticket;start\n", "no column engineer, end, what"),
        (f"{HEAD};ticket\n".encode(), "it has the column ticket twice"),
        (f'{HEAD}\n"abc'.encode(), "unexpected end of data"),
        (b"\xff\xfea", "it begins as utf-16 and is something else"),
        (b"\xef\xbb\xbf\xff", "it begins as utf-8-sig and is something else"),
    ],
)
def test_files_that_cannot_be_read(content: bytes, said: str) -> None:
    """A file without its columns, or that is broken, is refused as a whole."""
    with pytest.raises(UnreadableFile, match=said):
        read_rows(content)


def test_the_key_of_a_row() -> None:
    """An entry is known by its id in the other tool, or by everything that is said of it."""
    same = only(f"{HEAD}\n{LINE}\n").key
    assert only(f"{HEAD}\n\n{LINE}\n").key == same
    assert only(f"{HEAD}\n{LINE}!\n").key != same
    assert only(with_cell("id", "42")).key == "id:42"


TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"], exclude_characters="\x00\r"), max_size=40)


@given(TEXTS.map(str.strip) | TEXTS.map(lambda text: f"'={text}".strip()))
def test_texts_survive_and_are_no_formulas(what: str) -> None:
    """Whatever somebody wrote comes back as it was, and no spreadsheet takes it for a formula."""
    columns = ("ticket", "engineer", "start", "end", "what")
    made: dict[str, object] = {
        "ticket": 1001,
        "engineer": "Eva",
        "start": "2026-11-23 10:00",
        "end": "2026-11-23 10:30",
        "what": what,
    }
    written = "".join(write_rows(columns, iter([made])))
    cell = written.partition("10:30,")[2].lstrip('"')
    assert not cell.startswith(("=", "+", "-", "@", "\t"))
    assert only(written).what == what


def test_the_documented_example() -> None:
    """The example of the documentation is read as it stands."""
    page = (Path(__file__).resolve().parents[2] / "docs" / "hours-import.md").read_text(encoding="utf-8")
    first, second = rows_of(page.split("```csv\n")[1].partition("```")[0])
    assert (first.span.minutes, second.span.minutes) == (45, 30)
    assert second.what == "Restarted the server; checked"
