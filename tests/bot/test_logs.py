"""Logs carry ids and numbers, never what people wrote."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from enum import Enum
from typing import Any
from uuid import UUID

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st

from bot.logs import configure, scrubbed, where
from bot.wire import Busy

WRITTEN = "My password is hunter2 and the director may not know"


class State(Enum):
    """Something with a value that could be a text."""

    IN_PROGRESS = WRITTEN


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """Where the log goes; afterwards logging is as it was."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    stream = io.StringIO()
    configure("info", "json", stream)
    yield stream
    structlog.reset_defaults()
    root.handlers[:] = handlers
    root.setLevel(level)


def lines(log: io.StringIO) -> list[dict[str, Any]]:
    """The events as they were written."""
    return [json.loads(line) for line in log.getvalue().splitlines()]


def test_ids_and_numbers_are_written(log: io.StringIO) -> None:
    """An event has its name, time, level, logger and the ids given."""
    structlog.get_logger("bot.tickets").info("ticket opened", ticket=1042, tenant="9b1e0d4c", took_seconds=0.25)
    (event,) = lines(log)
    assert event["event"] == "ticket opened"
    assert (event["ticket"], event["tenant"], event["took_seconds"]) == (1042, "9b1e0d4c", 0.25)
    assert (event["level"], event["logger"]) == ("info", "bot.tickets")
    assert event["timestamp"].endswith("Z")


def test_what_people_wrote_is_not_written(log: io.StringIO) -> None:
    """A text becomes its length, also inside lists and mappings; some names are never logged, whatever they hold."""
    structlog.get_logger("bot").info(
        "answer kept",
        said=WRITTEN,
        nested={"inside": [WRITTEN]},
        text="hunter2",
        person_name="Anna",
        state=State.IN_PROGRESS,
    )
    (event,) = lines(log)
    assert event["said"] == f"<{len(WRITTEN)} characters>"
    assert event["nested"] == {"inside": [f"<{len(WRITTEN)} characters>"]}
    assert event["text"] == event["person_name"] == "<not logged>"
    assert event["state"] == "in_progress"
    assert "hunter2" not in log.getvalue()


def test_the_standard_library_is_scrubbed_too(log: io.StringIO) -> None:
    """The folders that log with the standard library get the same treatment, numbers in their sentences stay."""
    logger = logging.getLogger("storage.database")
    logger.warning("job %s held its transaction for %.0f ms", WRITTEN, 12.4)
    logger.warning("attempt %(attempt)d of %(what)s", {"attempt": 3, "what": WRITTEN})
    logger.warning("failed with %s", ValueError(WRITTEN))
    logger.warning("refused: %s", Busy(429, 1.5))
    logger.info("plain")
    events = [line["event"] for line in lines(log)]
    assert events == [
        f"job <{len(WRITTEN)} characters> held its transaction for 12 ms",
        f"attempt 3 of <{len(WRITTEN)} characters>",
        "failed with ValueError()",
        "refused: Busy(429, 1.5)",
        "plain",
    ]
    assert "hunter2" not in log.getvalue()


def test_a_sentence_that_does_not_fit_its_arguments_is_written_bare(log: io.StringIO) -> None:
    """A mistake in a call to the log loses the arguments, not the event."""
    (ours,) = [handler for handler in logging.getLogger().handlers if getattr(handler, "stream", None) is log]
    ours.handle(
        logging.makeLogRecord({"name": "storage", "msg": "one %s too many", "args": ("a", "b"), "levelname": "INFO"})
    )
    assert lines(log)[0]["event"] == "one %s too many"


def raise_twice() -> None:
    """An error with a cause, both with somebody's words in the message."""
    try:
        raise KeyError(WRITTEN)
    except KeyError as cause:
        raise ValueError(WRITTEN) from cause


@pytest.mark.parametrize("logger", [structlog.get_logger("bot"), logging.getLogger("storage")])
def test_an_exception_is_its_class_and_place(logger: Any, log: io.StringIO) -> None:
    """Of an exception the log has class, file, line and function of it and its causes, and not the message."""
    try:
        raise_twice()
    except ValueError:
        logger.exception("turn failed")
    (event,) = lines(log)
    assert [part.split(" at ")[0] for part in event["error"]] == ["builtins.ValueError", "builtins.KeyError"]
    assert "bot/test_logs.py" in event["error"][0]
    assert "raise_twice" in event["error"][0]
    assert "hunter2" not in log.getvalue()


def test_an_exception_that_was_never_raised_has_no_place() -> None:
    """An error that is only handed around is named all the same."""
    assert where(ValueError()) == ["builtins.ValueError at nowhere"]


def test_exc_info_without_an_exception_is_left_out(log: io.StringIO) -> None:
    """Asking for the current exception where there is none writes nothing about one."""
    structlog.get_logger("bot").info("fine", exc_info=True)
    assert "error" not in lines(log)[0]


def test_the_level_holds_and_libraries_are_quiet(log: io.StringIO) -> None:
    """Below the level nothing is written, and libraries that log addresses and bodies speak from a warning on."""
    structlog.get_logger("bot").debug("detail")
    logging.getLogger("msal.application").info("token for somebody")
    logging.getLogger("aiohttp.access").info("GET /")
    assert log.getvalue() == ""


def test_the_console_style_is_for_people() -> None:
    """The console style is a line of text with the same content."""
    stream = io.StringIO()
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    try:
        configure("info", "console", stream)
        structlog.get_logger("bot").info("ticket opened", ticket=1042)
    finally:
        structlog.reset_defaults()
        root.handlers[:] = handlers
        root.setLevel(level)
    assert "ticket opened" in stream.getvalue()
    assert "ticket=1042" in stream.getvalue()


@pytest.mark.parametrize(
    "value,shown",
    [
        (datetime(2026, 11, 23, 9, 0, tzinfo=UTC), "2026-11-23T09:00:00+00:00"),
        (timedelta(minutes=2), 120.0),
        (UUID(int=0), "00000000-0000-0000-0000-000000000000"),
        (None, None),
        (True, True),
        (b"bytes", "<bytes>"),
        ("x" * 201, "<201 characters>"),
        ("", "<0 characters>"),
        ({1}, [1]),
    ],
)
def test_values_become_what_a_log_can_hold(value: Any, shown: Any) -> None:
    """Times, durations and ids are readable; what is unknown is named by its class only."""
    assert scrubbed(value) == shown


@given(st.text())
def test_no_text_with_a_blank_in_it_survives(text: str) -> None:
    """Whatever has a blank, a line end or control character in it is somebody's text, and goes."""
    for blank in (" ", "\n", "\x00"):
        assert text + blank + text not in json.dumps(scrubbed([text + blank + text])) or text == ""
