"""Texts of Graph and the login service as they can be kept and shown."""

from __future__ import annotations

import re

LONGEST_CODE = 100
_UNKEPT = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\u202a-\u202e\u2066-\u2069]")


def kept(written: str) -> str:
    """A text without what no database takes, and without marks that turn the line around them."""
    return _UNKEPT.sub("", written)


def code_of(written: str) -> str:
    """What an error is called, on one line and not endless."""
    return " ".join(kept(written).split())[:LONGEST_CODE]
