"""Days and months on the command line."""

from __future__ import annotations

from datetime import datetime

import pytest
import typer

from bot.cli.days import day_of, month_of


def test_days_and_months_are_read() -> None:
    """Year first, as the help shows; a month is its first day."""
    assert day_of("2026-11-20") == datetime(2026, 11, 20)  # noqa: DTZ001 - a day, not an instant
    assert month_of("2026-11") == datetime(2026, 11, 1)  # noqa: DTZ001 - a day, not an instant


@pytest.mark.parametrize("word", ["20-11-2026", "2026-02-30", "november", ""])
def test_what_is_no_day_is_refused_with_an_example(word: str) -> None:
    """Whoever mistypes reads how it is written."""
    with pytest.raises(typer.BadParameter, match="write it as 2026-11-20"):
        day_of(word)


@pytest.mark.parametrize("word", ["2026-13", "november", "11-2026", ""])
def test_what_is_no_month_is_refused_with_an_example(word: str) -> None:
    """Whoever mistypes reads how it is written."""
    with pytest.raises(typer.BadParameter, match="write it as 2026-11"):
        month_of(word)
