"""When the bot's secret or certificate ends, so that somebody is told before the bot falls silent.

Graph knows: an app may read its own registration (`Application.Read.All`, or `Application.ReadWrite.OwnedBy` for an
app that owns itself). Where it may not, the setting FOURSTAR_SECRET_EXPIRES_ON or the certificate's own end take its
place. A managed identity has nothing that ends.
"""

from __future__ import annotations

import base64
import binascii
import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA1
from kiota_abstractions.base_request_configuration import RequestConfiguration
from kiota_abstractions.serialization import ParseNode

from graph.access import Certificate, Credential, Secret, certificate_ends_at
from graph.client import Fields, Graph
from graph.errors import GraphError

if TYPE_CHECKING:
    from kiota_abstractions.request_information import RequestInformation

WARN_DAYS = (30, 7, 1)
"""Days left at which somebody is told, once each."""
HINT_LENGTH = 3
"""Graph shows the first three characters of a secret, to tell several apart."""

_log = logging.getLogger(__name__)


class Source(StrEnum):
    """Where the end is known from."""

    GRAPH = "graph"
    SETTING = "setting"
    CERTIFICATE = "certificate"


@dataclass(frozen=True, slots=True)
class CredentialEnd:
    """The instant (aware, UTC) from which the secret or certificate no longer works."""

    ends_at: datetime
    source: Source


def days_left(ends_at: datetime, now: datetime) -> int:
    """Whole days until the end; 0 on the last day, below zero afterwards."""
    return (ends_at - now) // timedelta(days=1)


def due_warning(left_days: int) -> int | None:
    """The warning that holds with so many days left: 30, 7 or 1; None while it is too early for any."""
    return min((days for days in WARN_DAYS if left_days <= days), default=None)


async def credential_end(
    credential: Credential, app_id: str, now: datetime, *, graph: Graph | None = None, expires_on: date | None = None
) -> CredentialEnd | None:
    """When the credential in use ends; None where nothing ends or nobody knows. Never fails: a lack is logged.

    Graph is asked first, as it sees a renewed secret at once; then the certificate, then `expires_on` (its last day).
    """
    if not isinstance(credential, Secret | Certificate):
        return None
    if graph is not None:
        try:
            found = _ours(await graph.ask(_question(graph, app_id), Registration), credential, now)
        except (GraphError, OSError, ValueError) as error:
            _log.info("the registration of the app cannot be read: %s", error)
        else:
            if found is not None:
                return CredentialEnd(found, Source.GRAPH)
    if isinstance(credential, Certificate):
        try:
            return CredentialEnd(certificate_ends_at(credential.pem_path), Source.CERTIFICATE)
        except (OSError, ValueError) as error:
            _log.warning("the certificate cannot be read: %s", error)
    if expires_on is not None:
        return CredentialEnd(datetime.combine(expires_on, time(), UTC) + timedelta(days=1), Source.SETTING)
    return None


class _Proof(Fields):
    """One secret or certificate of a registration: its end, and what tells it from the others."""

    def __init__(self) -> None:
        self.ends_at: datetime | None = None
        self.hint = ""
        self.thumbprint = ""

    def get_field_deserializers(self) -> dict[str, Callable[[ParseNode], None]]:
        """The fields that are read."""

        def end(node: ParseNode) -> None:
            self.ends_at = _instant(node.get_str_value())

        def hint(node: ParseNode) -> None:
            self.hint = node.get_str_value() or ""

        def thumbprint(node: ParseNode) -> None:
            self.thumbprint = node.get_str_value() or ""

        return {"endDateTime": end, "hint": hint, "customKeyIdentifier": thumbprint}


class Registration(Fields):
    """What Graph says of the app's own registration."""

    def __init__(self) -> None:
        self.secrets: list[_Proof] = []
        self.certificates: list[_Proof] = []

    def get_field_deserializers(self) -> dict[str, Callable[[ParseNode], None]]:
        """The two lists that are read."""

        def secrets(node: ParseNode) -> None:
            self.secrets = node.get_collection_of_object_values(_Proof) or []

        def certificates(node: ParseNode) -> None:
            self.certificates = node.get_collection_of_object_values(_Proof) or []

        return {"passwordCredentials": secrets, "keyCredentials": certificates}


def _question(graph: Graph, app_id: str) -> RequestInformation:
    from msgraph.generated.applications_with_app_id.applications_with_app_id_request_builder import (
        ApplicationsWithAppIdRequestBuilder as Builder,
    )

    parameters = Builder.ApplicationsWithAppIdRequestBuilderGetQueryParameters(
        select=["passwordCredentials", "keyCredentials"]
    )
    asked = RequestConfiguration(query_parameters=parameters)
    question: RequestInformation = graph.build.applications_with_app_id(app_id).to_get_request_information(asked)
    return question


def _ours(registration: Registration, credential: Secret | Certificate, now: datetime) -> datetime | None:
    """The end of the one in use. Of several secrets with the same hint the next to end counts: early beats late."""
    if isinstance(credential, Secret):
        ends = _ends(proof for proof in registration.secrets if proof.hint == credential.value[:HINT_LENGTH])
    else:
        ours = x509.load_pem_x509_certificate(credential.pem_path.read_bytes()).fingerprint(SHA1())  # noqa: S303  Entra's name for it
        ends = _ends(proof for proof in registration.certificates if ours in _readings(proof.thumbprint))
    return min((end for end in ends if end > now), default=max(ends, default=None))


def _ends(proofs: Iterable[_Proof]) -> list[datetime]:
    return [proof.ends_at for proof in proofs if proof.ends_at is not None]


def _readings(thumbprint: str) -> set[bytes]:
    """A thumbprint as bytes: Graph writes it in base64, the portal stores hexadecimal digits in it."""
    found = set()
    for read in (bytes.fromhex, base64.b64decode):
        try:
            found.add(read(thumbprint))
        except (ValueError, binascii.Error):
            continue
    return found


def _instant(text: str | None) -> datetime | None:
    """Graph's `2027-01-31T00:00:00.1234567Z`; None for what is no instant."""
    try:
        return datetime.fromisoformat(text or "").astimezone(UTC)
    except ValueError:
        return None
