"""Receipts as files: signed with the installation's Ed25519 key, and checked with nothing but the public half (D13).

What is signed are the bytes of the body, so that `openssl pkeyutl -verify -rawin` checks a receipt without any of
this. A file has one receipt, laid out for people, or one a line; each carries the public key it was signed with, whose
fingerprint stands in the body. So receipts outlive a change of the key. Whether a key is the provider's is for the
reader to know: `check` is told which keys are vouched for. What was signed with another one is vouched for all the
same where a later receipt, signed with one of those, has it in its chain.

    {"digest": "...", "public_key": "MCow...", "receipt": {...}, "signature": "..."}
"""

from __future__ import annotations

import base64
import hashlib
import json
import sys
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_der_public_key,
    load_pem_private_key,
    load_pem_public_key,
)

from contract.receipt_bodies import UnreadableBody, canonical, digest_of, read, write
from contract.receipt_chain import Fault, FaultKind, Head, Linked, verify_chain
from contract.receipts import Decision, Receipt, SealedReceipt

BODY = "receipt"
"""The name under which the body of a receipt stands in its file."""

_PARTS = {"digest", "public_key", "signature"}


class BadKey(ValueError):
    """Not an Ed25519 key in PEM without a password. `found` says what it is, as far as that can be told."""

    def __init__(self, found: str) -> None:
        super().__init__(found)
        self.found = found


@dataclass(frozen=True, slots=True)
class Signer:
    """The installation's key, ready to sign. `public_key` is the public half (DER, base64)."""

    private_key: Ed25519PrivateKey
    public_key: str
    fingerprint: str

    def seal(self, decision: Decision, sequence: int, previous: str) -> SealedReceipt:
        """The receipt of a decision at its place in the chain."""
        return self.sign(write(Receipt(sequence, previous, self.fingerprint, decision)))

    def sign(self, body: str) -> SealedReceipt:
        """A body with its digest and signature; it names the key itself."""
        signature = base64.b64encode(self.private_key.sign(body.encode())).decode()
        return SealedReceipt(body, digest_of(body), signature, self.public_key)


@lru_cache(maxsize=8)
def signer_of(pem: bytes) -> Signer:
    """The signer with this private key (PKCS8, PEM). Raises BadKey."""
    try:
        key = load_pem_private_key(pem, password=None)
    except TypeError:
        raise BadKey("encrypted") from None
    except (ValueError, UnsupportedAlgorithm):
        raise BadKey("unreadable") from None
    if not isinstance(key, Ed25519PrivateKey):
        raise BadKey(type(key).__name__.removesuffix("PrivateKey").strip("_"))
    public_key = _public(key.public_key())
    return Signer(key, public_key, fingerprint_of(public_key))


def new_key() -> str:
    """A new private key, as `openssl genpkey -algorithm ed25519` makes one."""
    return Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def read_public_key(pem: bytes) -> str:
    """The public key in a PEM file, as receipts carry it. Raises BadKey."""
    try:
        key = load_pem_public_key(pem)
    except (ValueError, UnsupportedAlgorithm):
        raise BadKey("unreadable") from None
    if not isinstance(key, Ed25519PublicKey):
        raise BadKey(type(key).__name__.removesuffix("PublicKey").strip("_"))
    return _public(key)


def public_pem(public_key: str) -> str:
    """A public key as a PEM file, for openssl."""
    return f"-----BEGIN PUBLIC KEY-----\n{public_key}\n-----END PUBLIC KEY-----\n"


def fingerprint_of(public_key: str) -> str:
    """The SHA-256 of the key's DER bytes, in hexadecimal: what a body names as its key."""
    return hashlib.sha256(base64.b64decode(public_key)).hexdigest()


def receipt_name(receipt: Receipt) -> str:
    """What the file of a receipt is called: `receipt-7-1001-1.json`."""
    return f"receipt-{receipt.sequence}-{receipt.decision.estimate_number}.json"


def receipt_file(sealed: SealedReceipt) -> bytes:
    """The file of one receipt, laid out for people."""
    return (json.dumps(_parts(sealed, BODY), ensure_ascii=False, indent=2, sort_keys=True) + "\n").encode()


def receipt_line(sealed: SealedReceipt) -> str:
    """The same on one line, without its end."""
    return sealed_line(sealed, BODY)


def sealed_line(sealed: SealedReceipt, name: str) -> str:
    """Anything sealed on one line, its body under this name."""
    return canonical(_parts(sealed, name))


def read_receipts(text: str) -> Iterator[SealedReceipt]:
    """The receipts in a file, one or a line each. What is none of them is given as one that can not be read."""
    return read_sealed(text, BODY)


def read_sealed(text: str, name: str) -> Iterator[SealedReceipt]:
    """The same of anything sealed, whose body stands under this name."""
    if (single := _sealed(text, name)) is not None:
        yield single
        return
    lines = [line for line in text.split("\n") if line.strip()]
    found = [_sealed(line, name) for line in lines]
    if not any(found):
        # Lines of a file with one receipt, laid out for people, that was broken; or something else altogether.
        yield _unreadable(text)
        return
    for line, sealed in zip(lines, found, strict=True):
        yield sealed or _unreadable(line)


def check(
    receipts: Iterable[SealedReceipt],
    *,
    trusted: Collection[str] | None = None,
    is_whole: bool = True,
    later: Iterable[SealedReceipt] = (),
    head: Head | None = None,
    read_body: Callable[[str], Linked] = read,
) -> tuple[Fault, ...]:
    """Everything that is wrong with receipts, their signatures included, in their order.

    `trusted` are the public keys that are vouched for; without any, whoever reads the result has to know the keys.
    `read_body` says what stands in a body (contract/receipt_chain.py).
    """
    looked: list[_Look] = []

    def looked_at() -> Iterator[SealedReceipt]:
        for sealed in receipts:
            looked.append(_look(sealed, read_body))
            yield sealed

    found = [
        *verify_chain(looked_at(), is_whole=is_whole, later=later, head=head, read_body=read_body),
        *_signatures(looked, trusted),
    ]
    return tuple(sorted(found, key=lambda fault: fault.position or len(looked) + 1))


@dataclass(frozen=True, slots=True)
class _Look:
    """What is remembered of a receipt while all are checked: no bodies, so that any number of them fits."""

    sequence: int
    public_key: str
    is_signed: bool


def _look(sealed: SealedReceipt, read_body: Callable[[str], Linked]) -> _Look:
    try:
        receipt = read_body(sealed.body)
    except UnreadableBody:
        return _Look(0, "", is_signed=False)
    return _Look(receipt.sequence, sys.intern(sealed.public_key), _is_signed(sealed, receipt.key))


def _is_signed(sealed: SealedReceipt, named: str) -> bool:
    """Whether the signature is one of this body, by the key it carries, which is the one that the body names."""
    try:
        key = load_der_public_key(_decoded(sealed.public_key))
        if not isinstance(key, Ed25519PublicKey) or fingerprint_of(sealed.public_key) != named:
            return False
        key.verify(_decoded(sealed.signature), sealed.body.encode())
    except (ValueError, UnsupportedAlgorithm, InvalidSignature):
        return False
    return True


def _signatures(looked: list[_Look], trusted: Collection[str] | None) -> Iterator[Fault]:
    """Signatures that do not hold, and keys that nobody vouches for, neither directly nor by a later receipt."""
    vouched = 0
    for position, look in sorted(enumerate(looked, start=1), key=lambda one: -one[1].sequence):
        if not look.sequence:
            continue  # what can not be read is said already
        if not look.is_signed:
            yield Fault(FaultKind.UNSIGNED, look.sequence, position)
        elif trusted is None or look.public_key in trusted or look.sequence + 1 == vouched:
            vouched = look.sequence
        else:
            yield Fault(FaultKind.OTHER_KEY, look.sequence, position)


def _public(key: Ed25519PublicKey) -> str:
    return base64.b64encode(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).decode()


def _decoded(text: str) -> bytes:
    """The bytes in base64 that is written in the one right way: another last letter could say the same."""
    found = base64.b64decode(text, validate=True)
    if base64.b64encode(found).decode() != text:
        raise ValueError(text)
    return found


def _parts(sealed: SealedReceipt, name: str) -> dict[str, Any]:
    return {
        "digest": sealed.digest,
        "public_key": sealed.public_key,
        name: json.loads(sealed.body),
        "signature": sealed.signature,
    }


def _unreadable(text: str) -> SealedReceipt:
    return SealedReceipt(body=text, digest="", signature="", public_key="")


def _sealed(text: str, name: str) -> SealedReceipt | None:
    """What is sealed in a JSON text; None for anything else, also where a name in it stands twice."""
    try:
        parts = json.loads(text, object_pairs_hook=_once)
        if not isinstance(parts, dict) or set(parts) != {*_PARTS, name}:
            return None
        return SealedReceipt(
            canonical(parts[name]), str(parts["digest"]), str(parts["signature"]), str(parts["public_key"])
        )
    except (ValueError, RecursionError):
        return None


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError(pairs)
    return found
