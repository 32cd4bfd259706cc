"""Receipts as files: signed, checked with the public key alone, and with nothing of ours at all."""

from __future__ import annotations

import base64
import json
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import x25519
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given
from hypothesis import strategies as st

from contract.receipt_bodies import digest_of, read
from contract.receipt_chain import Fault, FaultKind, Head
from contract.receipts import SealedReceipt
from documents.receipts import (
    BadKey,
    check,
    fingerprint_of,
    new_key,
    public_pem,
    read_public_key,
    read_receipts,
    receipt_file,
    receipt_line,
    receipt_name,
    signer_of,
)
from tests.receipt_chains import decision, sealed_chain
from tests.receipt_keys import OTHER_KEY, TEST_KEY

ROOT = Path(__file__).resolve().parents[2]
CHAIN = sealed_chain(4)
EXPORT = "".join(f"{receipt_line(sealed)}\n" for sealed in CHAIN).encode()
HEAD = Head(4, CHAIN[-1].digest)
SIGNER, OTHER = signer_of(TEST_KEY.encode()), signer_of(OTHER_KEY.encode())


def found(content: bytes) -> tuple[Fault, ...]:
    """What is wrong with a file, when it is known how far the chain goes."""
    receipts = list(read_receipts(content.decode(errors="replace")))
    return check(receipts, trusted=[SIGNER.public_key], head=HEAD)


def test_what_was_exported_is_good() -> None:
    """An export reads back as the receipts it was made of, and so does the file of a single one."""
    assert [replace(sealed, place=None) for sealed in read_receipts(EXPORT.decode())] == CHAIN
    assert found(EXPORT) == ()
    assert list(read_receipts(receipt_file(CHAIN[2]).decode())) == [CHAIN[2]]
    assert receipt_name(read(CHAIN[2].body)) == "receipt-3-1001-3.json"


@given(st.integers(0, len(EXPORT) - 1), st.integers(0, 255))
def test_any_edit_of_any_byte_is_found(place: int, byte: int) -> None:
    """Whatever byte of an export is changed: it is found, or the file still says exactly the same."""
    edited = bytearray(EXPORT)
    edited[place] = byte
    if list(read_receipts(edited.decode(errors="replace"))) != CHAIN:
        assert found(bytes(edited)) != ()


@given(st.integers(0, len(EXPORT) - 1), st.integers(1, 200))
def test_any_bytes_taken_out_are_found(place: int, length: int) -> None:
    """The same for bytes that are taken out, over the end of a line too."""
    edited = EXPORT[:place] + EXPORT[place + length :]
    if list(read_receipts(edited.decode(errors="replace"))) != CHAIN:
        assert found(edited) != ()


@given(st.lists(st.sampled_from(EXPORT.splitlines(keepends=True)), max_size=6))
def test_any_other_choice_of_lines_is_found(lines: list[bytes]) -> None:
    """Lines that are left out, swapped or doubled."""
    assert (found(b"".join(lines)) == ()) is (b"".join(lines) == EXPORT)


def test_an_edit_with_a_digest_made_to_fit_is_found() -> None:
    """Who edits the last receipt and its digest still can not sign it."""
    body = CHAIN[-1].body.replace('"before":120', '"before":121')
    forged = replace(CHAIN[-1], body=body, digest=digest_of(body))
    assert check([*CHAIN[:-1], forged]) == (Fault(FaultKind.UNSIGNED, 4, 4),)


def resigned(sealed: SealedReceipt) -> SealedReceipt:
    """A receipt that somebody else signed, with the own key in it."""
    receipt = read(sealed.body)
    return OTHER.seal(receipt.decision, receipt.sequence, receipt.previous)


def test_signed_by_somebody_else() -> None:
    """Another key is good for itself only: whoever says which key to trust sees it."""
    forged = resigned(CHAIN[-1])
    assert check([*CHAIN[:-1], forged]) == ()
    assert check([*CHAIN[:-1], forged], trusted=[SIGNER.public_key]) == (Fault(FaultKind.OTHER_KEY, 4, 4),)
    borrowed = replace(forged, public_key=SIGNER.public_key)
    assert check([borrowed], is_whole=False)[0].kind is FaultKind.UNSIGNED


@pytest.mark.parametrize(
    "changed",
    [
        {"signature": ""},
        {"signature": "AAAA"},
        {"signature": CHAIN[0].signature},
        {"signature": CHAIN[1].signature.rstrip("=")},
        {"signature": CHAIN[1].signature + "\n"},
        {"public_key": ""},
        {"public_key": "AAAA"},
        {"public_key": OTHER.public_key},
        {
            "public_key": base64.b64encode(
                x25519.X25519PrivateKey.generate()
                .public_key()
                .public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
            ).decode()
        },
    ],
)
def test_a_bad_signature_or_key_is_found(changed: dict[str, Any]) -> None:
    """No signature, another one's, a broken one, one spelt differently; no key, another one, one that can't sign."""
    assert check([CHAIN[0], replace(CHAIN[1], **changed)]) == (Fault(FaultKind.UNSIGNED, 2, 2),)


def test_every_spelling_of_a_signature_but_one_is_refused() -> None:
    """Base64 has spare bits in its last letter: another letter there would decode to the same bytes."""
    text = CHAIN[0].signature
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    same = alphabet[alphabet.index(text[-3]) ^ 1]
    other = f"{text[:-3]}{same}=="
    assert base64.b64decode(other) == base64.b64decode(text)
    assert check([replace(CHAIN[0], signature=other)]) == (Fault(FaultKind.UNSIGNED, 1, 1),)


def test_receipts_outlive_a_change_of_the_key() -> None:
    """Old receipts carry the key they were signed with; a later one that has the new key vouches for them."""
    chain = sealed_chain(5, TEST_KEY, TEST_KEY, OTHER_KEY)
    assert [read(sealed.body).key for sealed in chain] == [SIGNER.fingerprint] * 2 + [OTHER.fingerprint] * 3
    assert check(chain) == ()
    assert check(chain, trusted=[OTHER.public_key]) == ()
    assert check(chain, trusted=[SIGNER.public_key, OTHER.public_key]) == ()
    # The old key says nothing of what came after it; without the receipts after it nothing vouches for the old one.
    assert [fault.sequence for fault in check(chain, trusted=[SIGNER.public_key])] == [3, 4, 5]
    assert [fault.sequence for fault in check(chain[:2], trusted=[OTHER.public_key])] == [1, 2]
    gap = [chain[0], *chain[2:]]
    assert check(gap, trusted=[OTHER.public_key], is_whole=False) == (Fault(FaultKind.OTHER_KEY, 1, 1),)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x",
        "{}",
        "[]",
        "[" * 200_000,
        receipt_line(CHAIN[0]).replace('{"digest"', '{"digest":"x","digest"', 1),
        receipt_line(CHAIN[0]).replace('"sequence":1', '"sequence":1,"sequence":1', 1),
        receipt_line(CHAIN[0]).replace('"signature"', '"signatures"'),
        receipt_line(CHAIN[0]).replace('"sequence":1', '"sequence":1.0'),
        receipt_line(CHAIN[0]).replace('"sequence":1', '"sequence":NaN'),
        receipt_line(CHAIN[0])[:-1] + ',"note":"paid"}',
    ],
)
def test_what_is_no_receipt_is_said_to_be_none(text: str) -> None:
    """Nothing, something else, a name that stands twice, a part too many: one line that can not be read."""
    assert [fault.kind for fault in check(read_receipts(text))] == [FaultKind.UNREADABLE]


def test_a_broken_file_of_one_receipt_is_one_fault() -> None:
    """Its lines are not taken for receipts of their own."""
    laid_out = receipt_file(CHAIN[0]).decode().replace('"ticket": 1001', '"ticket": 1001,,')
    assert check(read_receipts(laid_out)) == (Fault(FaultKind.UNREADABLE, None, 1),)


def test_another_layout_says_the_same() -> None:
    """Other spaces and line ends, as mail programs and editors leave them, change no receipt."""
    text = receipt_file(CHAIN[0]).decode().replace("\n", "\r\n")
    assert list(read_receipts(text)) == [CHAIN[0]]
    assert list(read_receipts(EXPORT.decode().replace("\n", "\r\n\r\n"))) == CHAIN


def test_keys() -> None:
    """A new key signs; its public half reads back from PEM; nothing but Ed25519 is a key."""
    signer = signer_of(new_key().encode())
    assert check([signer.seal(decision(), 1, "0" * 64)], trusted=[signer.public_key]) == ()
    pem = public_pem(signer.public_key)
    assert read_public_key(pem.encode()) == signer.public_key
    assert fingerprint_of(signer.public_key) == signer.fingerprint
    for strange in (b"", b"-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n", TEST_KEY.encode()):
        with pytest.raises(BadKey):
            read_public_key(strange)
    ours = x25519.X25519PrivateKey.generate().public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    with pytest.raises(BadKey, match="X25519"):
        read_public_key(ours)


def test_the_page_for_customers_works_as_written(tmp_path: Path) -> None:
    """The commands in docs/receipts.md, run as they stand there, with Python and openssl and nothing of ours."""
    page = (ROOT / "docs" / "receipts.md").read_text(encoding="utf-8")
    [script] = re.findall(r"```sh\n(.*?)```", page.partition("## Without our software")[2], re.DOTALL)[:1]
    (tmp_path / "receipt.json").write_bytes(receipt_file(CHAIN[2]))
    run = ["bash", "-e", "-o", "pipefail", "-c", script.replace("python3 ", f"{sys.executable} -I ")]
    done = subprocess.run(run, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr
    assert CHAIN[2].digest in done.stdout
    assert SIGNER.fingerprint in done.stdout
    assert "Signature Verified Successfully" in done.stdout
    changed = json.loads(receipt_file(CHAIN[2]))
    changed["receipt"]["estimate"]["minutes"] += 1
    (tmp_path / "receipt.json").write_text(json.dumps(changed))
    done = subprocess.run(run, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode != 0
