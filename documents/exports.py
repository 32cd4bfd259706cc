"""A customer's data as files: JSON and CSV, the bytes of files, and a manifest of fingerprints (R3, R19).

Everything goes through one target, a folder or a zip file, piece by piece: nothing is held but the row that is being
written, or one file. The manifest says what was written, how many rows, when and by which version, with the SHA-256 of
every file, so that whoever gets the export can see that it is whole.
"""

from __future__ import annotations

import json
import re
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, Any, Protocol

from cards.language import message, texts_for
from contract.people import Language
from documents.row_files import Digest, csv_chunks, json_chunks

FORMAT = "fourstar-export-1"
README, MANIFEST = "README.txt", "manifest.json"

ABOUT: Mapping[str, str] = {
    "customer": message("The organisation"),
    "billing_details": message("What invoices name: legal name, address, VAT id, e-mail address"),
    "people": message("Everybody of the organisation who used the bot; of the provider only names"),
    "contacts": message("Who was appointed as contact, from when until when"),
    "knocks": message("Who asked to become a contact"),
    "accounts": message("What the organisation's directory said of its people"),
    "account_changes": message("What changed about their accounts: names, addresses, disabled, deleted"),
    "contact_searches": message("Who was proposed or looked up as contact, and what came of it"),
    "guests": message("Guests in the customer's tenant who may be people of the provider, and what these said"),
    "account_watch": message("Whether the contacts' accounts are watched, and how the last look went"),
    "contracts": message("Contracts: number, signature, first and last day"),
    "signatures": message("Who signed a contract, and the fingerprint of the signed document"),
    "cancellations": message("Cancellations of contracts"),
    "addenda": message("Addenda for work on site"),
    "addendum_items": message("What an addendum charges besides hours"),
    "price_lists": message("Price lists by year; without one the contract's prices hold"),
    "administrator": message("Who administers the organisation's Microsoft 365"),
    "access_withdrawals": message("When a contact withdrew the consent to remote access, and gave it again"),
    "remote_sessions": message("Who had access to Microsoft 365 when, for which ticket"),
    "consents": message("Consents to remote access"),
    "consent_sources": message("What remote access rests on, and where each consent stands"),
    "consent_requests": message("What was asked of the administrator, and who signed in"),
    "consent_ledger": message(
        "What happened to consents, signed; consent_ledger.jsonl can be checked: fourstar access verify"
    ),
    "tickets": message("Tickets"),
    "ticket_history": message("What happened on tickets, with everything that was written"),
    "time_entries": message("Logged time; a corrected entry stays and says when it was replaced"),
    "costs": message("Costs of work on site"),
    "estimates": message("Estimates and what was decided on them"),
    "receipts": message("Signed receipts of decisions; receipts.jsonl can be checked: fourstar receipts verify"),
    "files": message("Files that were sent; their bytes are in files/"),
    "invoices": message("Invoices and credit notes"),
    "invoice_lines": message("Lines of invoices, with the time entries that each rests on"),
    "invoice_documents": message("Documents of invoices; their bytes are in invoices/"),
    "payments": message("Payments of invoices"),
    "payment_reminders": message("Reminders to pay"),
    "questions": message("Questions about invoices"),
    "question_messages": message("What was written in questions about invoices"),
    "erasures": message("When personal data was erased, and what was kept"),
}
"""What each file of an export is, in words for README.txt."""


class Target(Protocol):
    """Where an export goes."""

    def opened(self, path: str) -> Any:
        """A file to write bytes to, as a context manager."""


class FolderTarget:
    """A folder that does not exist yet."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(parents=True)

    @contextmanager
    def opened(self, path: str) -> Iterator[IO[bytes]]:
        """A new file in the folder."""
        place = self._folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        with place.open("xb") as file:
            yield file


class ZipTarget:
    """A zip file that is open for writing."""

    def __init__(self, archive: zipfile.ZipFile, now: datetime) -> None:
        self._archive, self._date = archive, now.timetuple()[:6]

    @contextmanager
    def opened(self, path: str) -> Iterator[IO[bytes]]:
        """A new member of the archive, which may grow beyond 4 GB."""
        member = zipfile.ZipInfo(path, self._date)
        member.compress_type = zipfile.ZIP_DEFLATED
        with self._archive.open(member, "w", force_zip64=True) as file:
            yield file


@dataclass(frozen=True, slots=True)
class Rows:
    """A subject's rows: read anew for each file they are written to."""

    name: str
    columns: tuple[str, ...]
    read: Callable[[], Iterator[Mapping[str, Any]]]


@dataclass(frozen=True, slots=True)
class Content:
    """A file with bytes: its path in the export, and how to get them."""

    path: str
    read: Callable[[], bytes]


@dataclass(frozen=True, slots=True)
class Heading:
    """What the manifest and README.txt say of the whole."""

    customer_id: int
    customer: str
    provider: str
    made_at: datetime
    version: str
    with_internal: bool


def write_export(
    target: Target,
    heading: Heading,
    subjects: Iterable[Rows],
    sealed: Mapping[str, Callable[[], Iterator[str]]],
    contents: Iterable[Content],
) -> dict[str, Any]:
    """Write everything; returns the manifest. `sealed` are the files of what is signed: name and lines."""
    files: list[dict[str, Any]] = []

    def write(path: str, chunks: Iterable[bytes]) -> None:
        passing = Digest()
        with target.opened(path) as file:
            for chunk in passing.pass_on(chunks):
                file.write(chunk)
        files.append({"path": path, "bytes": passing.size, "sha256": passing.sha256})

    names = []
    for subject in subjects:
        counter = _Counted()
        write(f"{subject.name}.json", json_chunks(counter.each(subject.read())))
        write(f"{subject.name}.csv", csv_chunks(subject.columns, subject.read()))
        files[-2]["rows"] = files[-1]["rows"] = counter.rows
        names.append(subject.name)
    for path, lines in sealed.items():
        write(path, (f"{line}\n".encode() for line in lines()))
    for content in contents:
        write(content.path, _bytes_of(content))
    write(README, [_readme(heading, names).encode()])
    manifest = {
        "format": FORMAT,
        "customer": {"id": heading.customer_id, "name": heading.customer},
        "provider": heading.provider,
        "made_at": heading.made_at.isoformat(),
        "version": heading.version,
        "with_internal": heading.with_internal,
        "files": files,
    }
    with target.opened(MANIFEST) as file:
        file.write(json.dumps(manifest, ensure_ascii=False, indent=2).encode() + b"\n")
    return manifest


def _bytes_of(content: Content) -> Iterator[bytes]:
    yield content.read()


class _Counted:
    """Counts rows as they pass."""

    rows = 0

    def each(self, rows: Iterable[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
        for row in rows:
            self.rows += 1
            yield row


_UNSAFE = re.compile(r"[^\w. ()\[\]&+,=@-]")
LONGEST_NAME = 120


def content_path(kind: str, number: str, name: str) -> str:
    """Where bytes lie in an export: `files/12 screen.png`; no name that somebody gave leaves its folder."""
    safe = " ".join(_UNSAFE.sub("_", f"{number} {name}").split()).strip(". ")
    if len(safe) > LONGEST_NAME:
        stem, dot, ending = safe.rpartition(".")
        short = ending[:20] if dot else ""
        safe = f"{(stem or safe)[: LONGEST_NAME - 21]}{'.' if short else ''}{short}"
    return f"{kind}/{safe}"


def _readme(heading: Heading, names: Iterable[str]) -> str:
    kept = list(names)
    return "\n\n".join(_readme_in(heading, kept, language) for language in (Language.NL, Language.EN)) + "\n"


def _readme_in(heading: Heading, names: Iterable[str], language: Language) -> str:
    t = texts_for(language)
    internal = (
        t("Internal notes of the provider are included.")
        if heading.with_internal
        else t("Internal notes of the provider are not included.")
    )
    made_at = f"{heading.made_at:%Y-%m-%d %H:%M}"
    lines = [
        t("Everything that {provider} keeps of {customer}", provider=heading.provider, customer=heading.customer),
        t("Made on {when} UTC by version {version}.", when=made_at, version=heading.version),
        internal,
        t("Each subject is a JSON file and a CSV file (semicolons, UTF-8) with the same rows."),
        t("Instants are UTC, amounts whole euro cents excluding VAT unless a name says gross, time whole minutes."),
        t(
            "A signed receipt also names the chat in which it was decided, and an entry of the ledger the message by "
            "which something was done, because a signed text can't be changed."
        ),
        t("manifest.json has the SHA-256 of every file: compare with sha256sum or Get-FileHash."),
        "",
        *(f"  {name}: {t(ABOUT[name])}" for name in names),
    ]
    return "\n".join(lines)
