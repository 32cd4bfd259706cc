"""Time entries as a CSV file: what other tools write is read line by line, and what is written can be read back.

    ticket;engineer;start;end;billable;place;reason;what
    1001;eva@example.com;2026-11-23 10:00;2026-11-23 10:45;yes;remote;;Moved the mailbox

Commas, semicolons and tabs; UTF-8, UTF-16 and what Excel writes by itself. Times are Amsterdam's clock or ISO 8601 with
an offset. A line that can't be read is kept with the reason, so that all of them can be said at once.
"""

from __future__ import annotations

import codecs
import csv
import hashlib
import io
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import TypeVar

from contract.errors import SkippedLocalTime
from contract.hours import OutsideHoursReason, Place
from contract.local_time import Span, read_local_times, truncate

E = TypeVar("E", bound=StrEnum)

NEEDED = ("ticket", "engineer", "start", "end", "what")
OPTIONAL = ("id", "billable", "place", "reason")
LONGEST_TEXT = 2000
LONGEST_ID = 150

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_FORMATS = ("%Y-%m-%d %H:%M", "%Y-%m-%d %H:%M:%S", "%d-%m-%Y %H:%M", "%d-%m-%Y %H:%M:%S")
_YES = frozenset({"", "1", "yes", "y", "true", "ja", "j", "x", "waar"})
_NO = frozenset({"0", "no", "n", "false", "nee", "onwaar"})
_PLACES = {
    "": Place.REMOTE,
    "op_afstand": Place.REMOTE,
    "advies": Place.ADVICE,
    "op_locatie": Place.ON_SITE,
    "onsite": Place.ON_SITE,
}
_FIRST, _LAST = datetime(2000, 1, 1, tzinfo=UTC), datetime(2199, 12, 31, tzinfo=UTC)


class UnreadableFile(Exception):
    """The file as a whole can't be read; the text says why."""


class UnreadableLine(Exception):
    """One line can't be read; the text says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One entry as the file has it. `key` tells it from every other, in this file and when it comes again."""

    line: int
    key: str
    ticket: int
    engineer: str
    span: Span
    is_billable: bool
    place: Place
    reason: OutsideHoursReason | None
    what: str


@dataclass(frozen=True, slots=True)
class Refused:
    """A line that is not taken, and why."""

    line: int
    why: str


def read_rows(content: bytes) -> tuple[list[Row], list[Refused]]:
    """Every line of a file: those that can be read, and those that can not. Raises UnreadableFile."""
    rows: list[Row] = []
    refused: list[Refused] = []
    for line, cells in _lines(content):
        try:
            rows.append(_row(line, cells))
        except UnreadableLine as error:
            refused.append(Refused(line, str(error)))
    return rows, refused


def write_rows(columns: Sequence[str], rows: Iterator[Mapping[str, object]]) -> Iterator[str]:
    """The lines of a file: a heading, then the rows; no cell is taken for a formula by a spreadsheet."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    for cells in _headed(columns, rows):
        writer.writerow(cells)
        yield buffer.getvalue()
        buffer.seek(0)
        buffer.truncate()


def _headed(columns: Sequence[str], rows: Iterator[Mapping[str, object]]) -> Iterator[list[str]]:
    yield list(columns)
    for row in rows:
        yield [_unlike_a_formula(str(row[name])) for name in columns]


def _unlike_a_formula(cell: str) -> str:
    return f"'{cell}" if cell.startswith((*_FORMULA, "'")) else cell


def _as_written(cell: str) -> str:
    """A cell without the apostrophe that keeps it from being a formula."""
    return cell[1:] if cell.startswith("'") and cell[1:].startswith((*_FORMULA, "'")) else cell


# --- lines ------------------------------------------------------------------------------------------------------------


def _lines(content: bytes) -> Iterator[tuple[int, dict[str, str]]]:
    """Every line that says something, with its number and its cells by column. Raises UnreadableFile."""
    text = _text(content)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    columns: list[str] = []
    before = 0
    try:
        for cells in reader:
            line, before = before + 1, reader.line_num
            if not any(cell.strip() for cell in cells):
                continue
            if not columns:
                columns = _columns(cells)
                continue
            named = dict(zip(columns, (cell.strip() for cell in cells), strict=False))
            if any(cell.strip() for cell in cells[len(columns) :]):
                # A separator inside a text that is not quoted: cells stand under wrong columns.
                named = {"": ""}
            yield line, named
    except csv.Error as error:
        raise UnreadableFile(f"line {reader.line_num}: {error}") from None
    if not columns:
        raise UnreadableFile("it is empty")


def _text(content: bytes) -> str:
    for mark, encoding in (
        (codecs.BOM_UTF8, "utf-8-sig"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
    ):
        if content.startswith(mark):
            try:
                return content.decode(encoding)
            except UnicodeDecodeError:
                raise UnreadableFile(f"it begins as {encoding} and is something else") from None
    try:
        return content.decode()
    except UnicodeDecodeError:
        # What Excel in Western Europe writes when nobody asks it for UTF-8; it gives every byte a letter.
        return content.decode("cp1252", errors="replace")


def _delimiter(text: str) -> str:
    """The separator that finds the most columns in the heading."""
    heading = next((line for line in text.splitlines() if line.strip()), "")
    return max(";,\t", key=lambda one: len({_column(cell) for cell in heading.split(one)} & {*NEEDED, *OPTIONAL}))


def _columns(cells: Sequence[str]) -> list[str]:
    columns = [_column(cell) for cell in cells]
    missing = [name for name in NEEDED if name not in columns]
    if missing:
        raise UnreadableFile(f"its first line has no column {', '.join(missing)}; it needs {', '.join(NEEDED)}")
    for name in (*NEEDED, *OPTIONAL):
        if columns.count(name) > 1:
            raise UnreadableFile(f"it has the column {name} twice")
    return columns


def _column(cell: str) -> str:
    return cell.strip().strip("\"'").lower()


# --- cells ------------------------------------------------------------------------------------------------------------


def _row(line: int, cells: Mapping[str, str]) -> Row:
    if "" in cells and len(cells) == 1:
        raise UnreadableLine("it has more cells than columns: put a text with separators in quotes")
    values = {name: _as_written(cells.get(name, "")) for name in (*NEEDED, *OPTIONAL)}
    for name in ("ticket", "engineer", "start", "end"):
        if not values[name]:
            raise UnreadableLine(f"{name} is empty")
    if len(values["what"]) > LONGEST_TEXT:
        raise UnreadableLine(f"what is longer than {LONGEST_TEXT} characters")
    return Row(
        line=line,
        key=_key(values),
        ticket=_ticket(values["ticket"]),
        engineer=values["engineer"],
        span=_span(values["start"], values["end"]),
        is_billable=_yes(values["billable"]),
        place=_one_of("place", values["place"], Place, _PLACES.get),
        reason=_one_of("reason", values["reason"], OutsideHoursReason, lambda _: None) if values["reason"] else None,
        what=values["what"],
    )


def _key(values: Mapping[str, str]) -> str:
    """What an entry is known by when it comes again: its id in the other tool, or everything that is said of it."""
    if values["id"]:
        if len(values["id"]) > LONGEST_ID:
            raise UnreadableLine(f"id is longer than {LONGEST_ID} characters")
        return f"id:{values['id']}"
    said = "\x1f".join(values[name] for name in (*NEEDED, "billable", "place", "reason"))
    return f"row:{hashlib.sha256(said.encode()).hexdigest()}"


def _ticket(cell: str) -> int:
    """A ticket's number, also as a spreadsheet shows it: 1001, #1001, 1001.0, 1001,00."""
    found = re.fullmatch(r"#?\s*(\d{1,9})(?:[.,]0+)?", cell, re.ASCII)
    if found is None:
        raise UnreadableLine(f"{cell} is no number of a ticket")
    return int(found[1])


def _span(start: str, end: str) -> Span:
    begin, finish = _moment(start), _moment(end)
    if (begin.tzinfo is None) != (finish.tzinfo is None):
        raise UnreadableLine("start and end are not written the same way: one has an offset, the other has none")
    if begin.tzinfo is None:
        try:
            return read_local_times(begin, finish)
        except SkippedLocalTime as error:
            raise UnreadableLine(
                f"{error.day} {error.clock_time:%H:%M} does not exist: the clock skipped an hour"
            ) from None
    return Span(truncate(begin), truncate(finish), was_repeated=False)


def _moment(cell: str) -> datetime:
    for form in _FORMATS:
        try:
            return _in_range(datetime.strptime(cell, form), cell)  # noqa: DTZ007 - a local time, read as such
        except ValueError:
            continue
    try:
        return _in_range(datetime.fromisoformat(cell), cell)
    except ValueError:
        raise UnreadableLine(f"{cell} is no time: write 2026-11-23 10:00, or 2026-11-23T10:00:00+01:00") from None


def _in_range(moment: datetime, cell: str) -> datetime:
    if len(cell) <= len("2026-11-23") or not _FIRST <= moment.replace(tzinfo=UTC) <= _LAST:
        raise UnreadableLine(f"{cell} is no time: a day and a time of day from {_FIRST:%Y} to {_LAST:%Y} are needed")
    return moment


def _yes(cell: str) -> bool:
    if cell.lower() in _YES:
        return True
    if cell.lower() in _NO:
        return False
    raise UnreadableLine(f"billable is {cell}: write yes or no")


def _one_of(name: str, cell: str, kind: type[E], otherwise: Callable[[str], E | None]) -> E:
    word = re.sub(r"[\s-]+", "_", cell.lower())
    found = kind(word) if word in list(kind) else otherwise(word)
    if found is None:
        raise UnreadableLine(f"{name} is {cell}: write {', '.join(kind)}")
    return found
