"""Text that people wrote, made safe to show: nothing in it is ever read as markup.

Clients read markdown in text blocks, facts, tick boxes and choices; they replace `{{DATE(...)}}` everywhere, and tools
that fill templates read `${...}`. Which escapes they know is documented nowhere, so nothing is escaped: text that could
be misread goes into elements without markdown, and a template is broken by an invisible space.
"""

from __future__ import annotations

import re

ZERO_WIDTH_SPACE = "\u200b"

_TEMPLATE = re.compile(r"\{(?=\{)|\$(?=\{)")
# All control characters but tab and newline, lone surrogates, and the marks that reorder the text around them.
_UNSHOWABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\u202a-\u202e\u2066-\u2069]")
_MARKDOWN = re.compile(
    r"[*_\[\]`~<>\\|\n\r\u2028\u2029]"  # emphasis, links, code, strike-through, tags, escapes, tables, line breaks
    r"|&[#\w]+;"  # entities
    r"|^\s"  # code by indentation
    r"|^(?:[-+•]|\d+[.)]|#{1,6})\s"  # lists and headers
    r"|^[-=]{3}"  # rules
)
_LONG_WORD = re.compile(r"\S{12}(?=\S)")
_LINK = re.compile(r"\](?=[(\[:])")


def harmless(text: str) -> str:
    """`text` without templates, control characters and marks that reorder the text around them; looks the same."""
    return _TEMPLATE.sub(lambda found: found.group() + ZERO_WIDTH_SPACE, _UNSHOWABLE.sub("", text))


def unlinked(text: str) -> str:
    """`text` for places that always read markdown (titles of buttons and choices): no link can hide in it."""
    return _LINK.sub("]" + ZERO_WIDTH_SPACE, harmless(text))


def is_plain(text: str) -> bool:
    """Whether `text` reads the same with and without markdown."""
    return _MARKDOWN.search(text) is None


def breakable(text: str) -> str:
    """`text` with invisible places to break its long words, for narrow columns. It can no longer be copied exactly."""
    return _LONG_WORD.sub(lambda found: found.group() + ZERO_WIDTH_SPACE, text)


def clip(text: str, limit: int) -> str:
    """`text`, or its beginning with an ellipsis, in at most `limit` characters."""
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"
