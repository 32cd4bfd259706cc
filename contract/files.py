r"""Files and pictures that people send with a ticket (R2, R5): which are taken, and what can become of one.

A file is kept once its bytes are here; until then it is being fetched, and what cannot be had is said to have failed,
with a way to try again where that may help. Programs and scripts are not taken, whatever they are called: an engineer
opens what a customer sends. Neither are more than 10 files of one message.

    "factuur.pdf" is taken; "factuur.pdf.exe" and "macro.VBS " are not, and neither is a "photo.png" that begins as a
    Windows program does. "C:\temp\log.txt" is kept as "log.txt".
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

MOST_FILES = 10
"""Files of one message that are kept."""

LONGEST_NAME = 120
"""Characters of a file's name; the ending is never cut off."""


class FileState(StrEnum):
    """How far a file has come."""

    FETCHING = "fetching"
    STORED = "stored"
    FAILED = "failed"


class FileFailure(StrEnum):
    """Why a file is not here."""

    TOO_LARGE = "too_large"
    TYPE_NOT_ALLOWED = "type_not_allowed"
    TOO_MANY = "too_many"
    NOT_HANDED_OVER = "not_handed_over"  # of a kind that comes without an address
    REFUSED = "refused"  # its address has expired, or whoever keeps it does not give it
    NO_ANSWER = "no_answer"  # nothing came, however often it was tried

    @property
    def may_pass(self) -> bool:
        """True where trying the same file again may succeed."""
        return self in (FileFailure.REFUSED, FileFailure.NO_ANSWER)


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketFile:
    """A file that somebody sent. `ticket_number` is None until it is clear where it belongs (R5).

    An internal file is one that the engineers keep among themselves: no contact ever sees it.
    """

    id: int
    ticket_number: int | None
    person_id: int
    name: str
    content_type: str
    state: FileState
    failure: FileFailure | None = None
    size_bytes: int | None = None
    sha256: str | None = None
    created_at: datetime
    position: int = 0
    is_internal: bool = False

    @property
    def can_be_retried(self) -> bool:
        """True for a failed file that may yet come."""
        return self.state is FileState.FAILED and self.failure is not None and self.failure.may_pass


_PROGRAMS = re.compile(
    "ade|adp|apk|app|appref-ms|appx|bat|bin|chm|cmd|com|cpl|dll|dmg|exe|gadget|hta|inf|ins|iso|jar|js|jse|lnk|"
    "mde|msc|msi|msix|msp|mst|pif|ps1|psm1|psd1|reg|scf|scr|sct|sh|sys|url|vb|vbe|vbs|ws|wsc|wsf|wsh|xll",
    re.IGNORECASE,
)
_STARTS = (
    (b"MZ", None),
    (b"\x7fELF", None),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"%PDF-", "application/pdf"),
)
"""How contents begin: programs (None), and what a browser may show for what it is."""

_ENDINGS = {"image/png": ".png", "image/jpeg": ".jpg", "image/gif": ".gif", "image/webp": ".webp"}
_UNKNOWN = "application/octet-stream"
# Control characters, what turns the direction of writing ("gpj.exe" read backwards), and what no file system takes.
_NOT_IN_NAMES = re.compile(
    r"[\x00-\x1f\x7f-\x9f\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ud800-\udfff<>:\"|?*]"
)


def clean_name(name: str) -> str:
    """A file's name without folders and without what deceives; "file" where nothing is left."""
    last = re.split(r"[/\\]", name)[-1]
    plain = " ".join(_NOT_IN_NAMES.sub("", last).split()).rstrip(". ")
    stem, dot, ending = plain.rpartition(".")
    if len(plain) > LONGEST_NAME:
        tail = dot + ending if stem and len(ending) < LONGEST_NAME // 4 else ""
        plain = plain[: LONGEST_NAME - len(tail)].rstrip(". ") + tail
    return plain or "file"


def is_program_name(name: str) -> bool:
    """True for a name that makes a computer run the file."""
    return _PROGRAMS.fullmatch(clean_name(name).rpartition(".")[2]) is not None


def is_program(content: bytes) -> bool:
    """True for bytes that a computer would run, whatever their name says."""
    return any(kind is None and content.startswith(start) for start, kind in _STARTS)


def content_type_of(content: bytes) -> str:
    """What the bytes themselves say they are; "application/octet-stream" for everything a browser could not be
    trusted with.
    """
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "image/webp"
    return next((kind for start, kind in _STARTS if kind and content.startswith(start)), _UNKNOWN)


def named_as(name: str, content_type: str) -> str:
    """The name, with the ending of a picture where it has none: pasted pictures come without."""
    return name if "." in name else name + _ENDINGS.get(content_type, "")
