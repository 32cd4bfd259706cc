"""Rows as files for other programs: JSON (one list) and CSV, written one row at a time.

JSON is UTF-8, one row a line. CSV is what a spreadsheet in the Netherlands opens with a double click: UTF-8 with its
mark, semicolons, one heading. A text that a spreadsheet would take for a formula gets an apostrophe before it, because
it was written by strangers. Days and instants are ISO 8601, instants in UTC.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from typing import Any

FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""How a cell begins that a spreadsheet would calculate."""


def json_chunks(rows: Iterable[Mapping[str, Any]]) -> Iterator[bytes]:
    """The rows as one JSON list, piece by piece."""
    before = b"[\n"
    for row in rows:
        yield before + json.dumps(row, ensure_ascii=False, default=plain).encode()
        before = b",\n"
    yield b"[]\n" if before == b"[\n" else b"\n]\n"


def csv_chunks(names: Iterable[str], rows: Iterable[Mapping[str, Any]]) -> Iterator[bytes]:
    """The rows as a CSV file with a heading, piece by piece."""
    columns = list(names)
    yield b"\xef\xbb\xbf" + _line(columns)
    for row in rows:
        yield _line([_cell(row[name]) for name in columns])


def _line(cells: list[str]) -> bytes:
    written = io.StringIO()
    csv.writer(written, delimiter=";", lineterminator="\r\n").writerow(cells)
    return written.getvalue().encode()


def _cell(value: Any) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case int():
            return str(value)
        case date():
            return str(plain(value))
        case dict() | list() | tuple():
            return json.dumps(value, ensure_ascii=False, default=plain)
    text = str(value)
    if isinstance(value, Amount):
        return text
    return f"'{text}" if text.startswith(FORMULA) else text


def plain(value: Any) -> str:
    """A value that JSON has no kind of: days and instants as ISO 8601."""
    if isinstance(value, datetime | date):
        return value.isoformat()
    raise TypeError(value)


class Amount(str):
    """A number written as text, which no spreadsheet takes for a formula."""

    __slots__ = ()


def euros(cents: int) -> Amount:
    """Cents as euros with a decimal comma, as a Dutch spreadsheet reads a number: "-21,25"."""
    return Amount(f"{'-' if cents < 0 else ''}{abs(cents) // 100},{abs(cents) % 100:02}")


class Digest:
    """Counts and fingerprints what passes."""

    def __init__(self) -> None:
        self._sha256 = hashlib.sha256()
        self.size = 0

    def pass_on(self, chunks: Iterable[bytes]) -> Iterator[bytes]:
        """Hand on what comes, noting it."""
        for chunk in chunks:
            self._sha256.update(chunk)
            self.size += len(chunk)
            yield chunk

    @property
    def sha256(self) -> str:
        """The fingerprint of what passed so far, in hexadecimal."""
        return self._sha256.hexdigest()
