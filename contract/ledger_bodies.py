"""The one way to write an entry of the ledger, and to read it again (R25).

As the body of a receipt (contract/receipt_bodies.py): canonical JSON, whose SHA-256 is its digest and whose bytes are
what is signed. Here true and false occur too.

    {"at":{...},"by":null,"changes":["activated"],...,"kind":"activated",...,"sequence":2,...}

Instants are ISO 8601.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from contract.consents import ChangeKind, GrantState, Mechanism, Permission, Proof
from contract.ledger import Entry, EntryKind, GrantFact, Note
from contract.receipt_bodies import (
    UnreadableBody,
    as_identity,
    as_instant,
    as_text,
    as_text_or_none,
    as_whole,
    canonical,
)

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

FORMAT = "fourstar-consent-entry-1"


class UnreadableEntry(UnreadableBody):
    """A body that is no entry of the ledger in canonical form."""


def write_entry(entry: Entry) -> str:
    """Return the body of an entry, in canonical form."""
    note = entry.note
    return canonical(
        {
            "format": FORMAT,
            "sequence": entry.sequence,
            "previous": entry.previous,
            "key": entry.key,
            "kind": note.kind.value,
            "changes": [kind.value for kind in note.changes],
            "at": {"utc": note.at.isoformat(), "local": note.at_local},
            "provider": note.provider,
            "customer": {"id": note.customer_id, "name": note.customer_name, "tenant_id": note.tenant_id},
            "grant": _written(note.grant) if note.grant else None,
            "ticket": note.ticket_number,
            "by": asdict(note.by) if note.by else None,
            "details": note.details,
        }
    )


def read_entry(body: str) -> Entry:
    """Return what a body says. Raises UnreadableEntry for anything but an entry in canonical form."""
    try:
        entry = _entry(json.loads(body))
        is_canonical = write_entry(entry).encode() == body.encode()
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise UnreadableEntry from error
    if not is_canonical or entry.sequence < 1:
        raise UnreadableEntry
    return entry


def _written(fact: GrantFact) -> dict[str, Any]:
    return {
        "id": fact.id,
        "mechanism": fact.mechanism.value,
        "source_id": fact.source_id,
        "title": fact.title,
        "state": fact.state.value,
        "known_state": fact.known_state.value,
        "scope": [{"id": one.id, "name": one.name} for one in fact.scope],
        "valid_from": _iso(fact.valid_from),
        "valid_until": _iso(fact.valid_until),
        "asked_by": asdict(fact.asked_by) if fact.asked_by else None,
        "asked_at": _iso(fact.asked_at),
        "approved_by": fact.approved_by,
        "proof": fact.proof.value if fact.proof else None,
        "checked_at": _iso(fact.checked_at),
        "seen_before": _iso(fact.seen_before),
        "answer_sha256": fact.raw_digest,
        "error": fact.error,
    }


def _iso(instant: datetime | None) -> str | None:
    return instant.isoformat() if instant else None


def _entry(said: Mapping[str, Any]) -> Entry:
    customer, grant, by, ticket = (said[name] for name in ("customer", "grant", "by", "ticket"))
    note = Note(
        kind=EntryKind(said["kind"]),
        changes=tuple(ChangeKind(kind) for kind in said["changes"]),
        at=as_instant(said["at"]["utc"]),
        at_local=as_text(said["at"]["local"]),
        provider=as_text(said["provider"]),
        customer_id=as_whole(customer["id"]),
        customer_name=as_text(customer["name"]),
        tenant_id=as_text(customer["tenant_id"]),
        grant=_fact(grant) if grant is not None else None,
        ticket_number=as_whole(ticket) if ticket is not None else None,
        by=as_identity(by) if by is not None else None,
        details=_plain(said["details"]),
    )
    return Entry(as_whole(said["sequence"]), as_text(said["previous"]), as_text(said["key"]), note)


def _fact(said: Mapping[str, Any]) -> GrantFact:
    asked_by, proof = said["asked_by"], said["proof"]
    return GrantFact(
        id=as_whole(said["id"]),
        mechanism=Mechanism(said["mechanism"]),
        source_id=as_text(said["source_id"]),
        title=as_text(said["title"]),
        state=GrantState(said["state"]),
        known_state=GrantState(said["known_state"]),
        scope=tuple(Permission(as_text(one["id"]), as_text(one["name"])) for one in said["scope"]),
        valid_from=_instant_or_none(said["valid_from"]),
        valid_until=_instant_or_none(said["valid_until"]),
        asked_by=as_identity(asked_by) if asked_by is not None else None,
        asked_at=_instant_or_none(said["asked_at"]),
        approved_by=as_text_or_none(said["approved_by"]),
        proof=Proof(proof) if proof is not None else None,
        checked_at=_instant_or_none(said["checked_at"]),
        seen_before=_instant_or_none(said["seen_before"]),
        raw_digest=as_text_or_none(said["answer_sha256"]),
        error=as_text_or_none(said["error"]),
    )


def _instant_or_none(value: Any) -> datetime | None:
    return None if value is None else as_instant(value)


def _plain(value: Any) -> dict[str, Any]:
    """Details: an object of texts, whole numbers, true, false and null, and of lists and objects of them."""
    if not isinstance(value, dict):
        raise TypeError(value)
    _check_plain(value)
    return value


def _check_plain(value: Any) -> None:
    if isinstance(value, dict):
        for one in value.values():
            _check_plain(one)
    elif isinstance(value, list):
        for one in value:
            _check_plain(one)
    elif value is not None and not isinstance(value, str | int):
        raise TypeError(value)
