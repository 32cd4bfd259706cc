"""Days and months as people type them; what can't be read is refused with an example."""

from __future__ import annotations

from datetime import datetime

import typer


def day_of(word: str) -> datetime:
    """The day in "2026-11-20"."""
    return _read(word, "%Y-%m-%d", "day", "2026-11-20")


def month_of(word: str) -> datetime:
    """The month in "2026-11", as its first day."""
    return _read(word, "%Y-%m", "month", "2026-11")


def _read(word: str, form: str, what: str, example: str) -> datetime:
    try:
        return datetime.strptime(word, form)  # noqa: DTZ007 - a day, not an instant
    except ValueError:
        raise typer.BadParameter(f"there is no {what} {word!r}: write it as {example}") from None
