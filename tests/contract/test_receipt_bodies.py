"""The one way to write a receipt: canonical JSON that reads back as what was written, and as nothing else."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.receipt_bodies import UnreadableReceipt, canonical, digest_of, read, write
from contract.receipts import Receipt
from tests.receipt_chains import decision

RECEIPT = Receipt(3, "ab" * 32, "cd" * 32, decision(3))
BODY = write(RECEIPT)


def test_worked_example() -> None:
    """Sorted keys, no spaces, characters as they are; in another order it is refused though it says the same."""
    assert BODY.startswith('{"allowed_minutes":{"after":360,"before":120},"customer":{"id":7,"name":"Bakkerij')
    assert BODY.endswith('"via":"click"}')
    assert read(BODY) == RECEIPT
    with pytest.raises(UnreadableReceipt):
        read(json.dumps(dict(reversed(json.loads(BODY).items())), ensure_ascii=False, separators=(",", ":")))


def test_the_fingerprint_is_the_sha_256_of_the_bytes() -> None:
    """Anybody gets the same digest with any tool, from the bytes of the body (UTF-8)."""
    assert digest_of("é") == hashlib.sha256(b"\xc3\xa9").hexdigest()
    assert digest_of(BODY) == hashlib.sha256(BODY.encode()).hexdigest()


def test_python_alone_makes_the_same_bytes() -> None:
    """What docs/receipts.md tells customers to do gives the body again, whatever layout the file had."""
    laid_out = json.dumps(json.loads(BODY), indent=4)
    again = json.dumps(json.loads(laid_out), sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    assert again == BODY


@given(
    st.integers(1, 2**53),
    st.text(st.characters(exclude_categories=["Cs"])),
    st.text(st.characters(exclude_categories=["Cs"])),
)
def test_every_receipt_reads_back(sequence: int, what: str, name: str) -> None:
    """Whatever people are called and write: a body says exactly what was written, and there is one body for it."""
    made = decision(sequence % 3)
    made = replace(made, what=what, decided_by=replace(made.decided_by, name=name))
    receipt = Receipt(sequence, "ab" * 32, "cd" * 32, made)
    body = write(receipt)
    assert read(body) == receipt
    assert write(read(body)) == body
    assert canonical(json.loads(body)) == body


@given(st.integers(0, len(BODY) - 1), st.characters(exclude_categories=["Cs"]))
def test_another_character_anywhere_is_another_digest(place: int, char: str) -> None:
    """No character can be changed without a new fingerprint: not even one that means the same in JSON."""
    edited = BODY[:place] + char + BODY[place + 1 :]
    assert (digest_of(edited) == digest_of(BODY)) is (edited == BODY)


def said(**changed: Any) -> str:
    """The body with some of its values changed."""
    return canonical({**json.loads(BODY), **changed})


@pytest.mark.parametrize(
    "body",
    [
        "",
        "{}",
        "[]",
        "null",
        "7",
        "{" * 5000,
        "[" * 200_000,
        BODY + " ",
        BODY[:-1],
        "\ud800",
        said(more=1),
        said(sequence="3"),
        said(sequence=0),
        said(sequence=-1),
        said(sequence=True),
        said(sequence=3.0),
        said(sequence=None),
        said(previous=None),
        said(key=7),
        said(decision="maybe"),
        said(via="letter"),
        said(provider=None),
        said(customer=None),
        said(customer={"id": 7}),
        said(decided_by={"name": "Anna"}),
        said(decided_by="Anna"),
        said(decided_at={"utc": "2026-11-23T09:30:00", "local": "x"}),
        said(decided_at={"utc": "yesterday", "local": "x"}),
        said(shown={"sha256": 7, "language": None}),
        said(shown={"sha256": None, "language": "fr"}),
        BODY.replace('"sequence":3', '"sequence":3,"sequence":3'),
        BODY.replace('"sequence":3', '"sequence":03'),
        BODY.replace("Bakkerij", "\\u0042akkerij"),
        BODY.replace('"format":"fourstar-receipt-1"', '"format":"fourstar-receipt-2"'),
    ],
)
def test_anything_else_is_no_receipt(body: str) -> None:
    """What lacks something, has something more, another type or another spelling is refused, never guessed at."""
    with pytest.raises(UnreadableReceipt):
        read(body)
