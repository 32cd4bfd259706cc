"""Logs: one event a line, with ids and numbers, never what people wrote.

A value that could be somebody's text is not written. What is kept: numbers, dates, yes or no, and strings that look
like an id (no blanks, at most 200 characters). Anything else becomes its length, `<57 characters>`. The name of the
event is ours, so it is a constant sentence; what is interpolated into it is scrubbed the same way. Of an exception the
log has its class and where it was raised, not its message: a database error would repeat the row.

    log = structlog.get_logger(__name__)
    log.info("ticket opened", ticket=1042, customer=7)

Folders below bot/ log with the standard library; `configure` takes both the same way.
"""

from __future__ import annotations

import logging
import re
import sys
import traceback
from collections.abc import Mapping, MutableMapping
from datetime import date, datetime, timedelta
from enum import Enum
from typing import Any, Literal, TextIO
from uuid import UUID

import structlog
from structlog.types import EventDict, Processor

LONGEST_ID = 200
DEEPEST_FRAME = 12
_ID = re.compile(rf"[^\s\x00-\x1f]{{1,{LONGEST_ID}}}")
_KEPT = (bool, int, float, date, datetime, timedelta, UUID, type(None))
# Words that stand alone and have no blank can still be a name or an answer, so these never appear, whatever they hold.
_NEVER = frozenset(
    {"answer", "body", "content", "description", "email", "name", "note", "phone", "subject", "text", "token", "url"}
)
# Errors that carry ids and codes; those of contract/ and cards/ may carry a person's name.
_OUR_ERRORS = ("bot.wire", "graph.", "storage.")
# Chatty at INFO, and what they say has addresses and bodies in it.
_QUIET = (
    "aiohttp.access",
    "asyncio",
    "azure",
    "botbuilder",
    "botframework",
    "hpack",
    "httpcore",
    "httpx",
    "kiota",
    "msal",
    "msgraph",
    "msrest",
    "requests",
    "urllib3",
)


def scrubbed(value: Any) -> Any:
    """The value as it may stand in a log."""
    if isinstance(value, Enum):
        return value.name.lower()
    if isinstance(value, timedelta):
        return value.total_seconds()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, _KEPT):
        return value
    if isinstance(value, str):
        return value if _ID.fullmatch(value) else f"<{len(value)} characters>"
    if isinstance(value, Mapping):
        return {str(key): scrubbed_field(str(key), item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [scrubbed(item) for item in value]
    return f"<{type(value).__name__}>"


def scrubbed_field(key: str, value: Any) -> Any:
    """As `scrubbed`, for a named value: some names always hold what people wrote."""
    return "<not logged>" if key.rpartition("_")[2] in _NEVER else scrubbed(value)


def where(error: BaseException) -> list[str]:
    """Classes and places of an exception and its causes, innermost last, without any message."""
    found: list[str] = []
    seen: set[int] = set()
    current: BaseException | None = error
    while current is not None and id(current) not in seen:
        seen.add(id(current))
        frames = traceback.extract_tb(current.__traceback__)[-DEEPEST_FRAME:]
        places = " < ".join(f"{_module(frame.filename)}:{frame.lineno} {frame.name}" for frame in reversed(frames))
        found.append(f"{type(current).__module__}.{type(current).__qualname__} at {places or 'nowhere'}")
        current = current.__cause__ or (None if current.__suppress_context__ else current.__context__)
    return found


def configure(
    level: Literal["debug", "info", "warning", "error"] = "info",
    style: Literal["json", "console"] = "json",
    stream: TextIO | None = None,
) -> None:
    """Send everything to `stream` (standard error unless told), from structlog and the standard library alike."""
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _scrub,
    ]
    renderer: Processor = (
        structlog.processors.JSONRenderer() if style == "json" else structlog.dev.ConsoleRenderer(colors=False)
    )
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[_interpolate, *shared],
        use_get_message=False,
        pass_foreign_args=True,
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
    )
    handler = logging.StreamHandler(stream if stream is not None else sys.stderr)
    handler.setFormatter(formatter)
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    for name in _QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)
    structlog.configure(
        processors=[structlog.stdlib.filter_by_level, *shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )


def _scrub(_logger: Any, _method: str, event: EventDict) -> EventDict:
    """The last word on what is written: every value scrubbed, exceptions reduced to class and place."""
    own = {"event", "level", "logger", "timestamp"}
    kept: MutableMapping[str, Any] = {key: event[key] for key in own if key in event}
    for key, value in event.items():
        if key.startswith("_"):
            kept[key] = value
        elif key == "exc_info":
            error = (
                value
                if isinstance(value, BaseException)
                else value[1]
                if isinstance(value, tuple)
                else sys.exc_info()[1]
            )
            if error is not None:
                kept["error"] = where(error)
        elif key not in own and key != "stack_info":
            kept[key] = scrubbed_field(key, value)
    return kept


def _interpolate(_logger: Any, _method: str, event: EventDict) -> EventDict:
    """A record of the standard library: its own sentence, with scrubbed arguments in it."""
    args, sentence = event.pop("positional_args"), event["event"]
    try:
        if isinstance(args, Mapping):
            event["event"] = sentence % {key: _printable(item) for key, item in args.items()}
        elif args:
            event["event"] = sentence % tuple(_printable(item) for item in args)
    except (TypeError, ValueError):
        event["event"] = sentence
    return event


def _printable(value: Any) -> Any:
    """An argument that still fits its place in the sentence: numbers stay numbers for %d and %.1f."""
    if isinstance(value, BaseException):
        facts = value.args if type(value).__module__.startswith(_OUR_ERRORS) else ()
        return f"{type(value).__name__}({', '.join(str(scrubbed(fact)) for fact in facts)})"
    return value if isinstance(value, int | float) else str(scrubbed(value))


def _module(path: str) -> str:
    """The last two parts of a path: `bot/router.py`."""
    return "/".join(path.replace("\\", "/").split("/")[-2:])
