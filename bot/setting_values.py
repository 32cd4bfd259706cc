"""The kinds of values that settings have: each is checked and brought into one form, and refused with what to do.

A refusal never repeats the value: it may be a secret.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit
from uuid import UUID

from cryptography import x509
from pydantic import AfterValidator, BeforeValidator, SecretStr
from pydantic_settings import NoDecode
from stdnum import bic, iban
from stdnum.exceptions import ValidationError
from stdnum.nl import btw, postcode

from bot.mail_server import read_mail_server
from documents.receipts import BadKey, signer_of

LOOPBACK = ("localhost", "127.0.0.1", "::1")
SHORTEST_KEY = 32
MASK = "***"
_MAIL_ADDRESS = re.compile(r"[^\s@<>,;\"]+@[^\s@<>,;\"]+\.[^\s@<>,;\".]+")
KVK_DIGITS = 8


def _guid(value: str) -> str:
    try:
        return str(UUID(value))
    except ValueError:
        raise ValueError("must be an id such as 729827e3-9c14-49f7-bb1b-9608f156bbb8") from None


def checked_authorities(path: Path) -> Path:
    """A PEM file with at least one certificate."""
    try:
        x509.load_pem_x509_certificates(path.read_bytes())
    except (OSError, ValueError):
        raise ValueError("must be a PEM file with certificates") from None
    return path


def _base_url(value: str) -> str:
    parts = urlsplit(value)
    if not parts.hostname or (parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in LOOPBACK)):
        raise ValueError("must be an https:// address (http:// only on this machine)")
    if parts.query or parts.fragment:
        raise ValueError("must be an address without ? and #")
    return value.rstrip("/")


def _host(value: str) -> str:
    parts = urlsplit(f"https://{value}")
    if not parts.hostname or parts.netloc != value or parts.username is not None:
        raise ValueError("must be a host such as login.microsoftonline.com, without https:// and without a path")
    return value.lower()


def _database_url(value: str) -> str:
    scheme, separator, rest = value.partition("://")
    if scheme in ("postgres", "postgresql"):
        scheme = "postgresql+asyncpg"
    if not separator or scheme not in ("sqlite", "postgresql+asyncpg"):
        raise ValueError("must begin with sqlite:/// or postgresql://")
    return f"{scheme}://{rest}"


def _hosts(value: object) -> object:
    return tuple(part.strip().lower() for part in value.split(",") if part.strip()) if isinstance(value, str) else value


def _smtp_url(value: SecretStr) -> SecretStr:
    read_mail_server(value.get_secret_value(), "")
    return value


def _mail_address(value: str) -> str:
    if not _MAIL_ADDRESS.fullmatch(value):
        raise ValueError("must be one mail address, without a name")
    return value


def _long_enough(value: SecretStr) -> SecretStr:
    if len(value.get_secret_value()) < SHORTEST_KEY:
        raise ValueError(f"must have at least {SHORTEST_KEY} characters: openssl rand -hex 32")
    return value


def _checked(check: Callable[[str], str], reason: str) -> Callable[[str], str]:
    """A number with a check digit or a fixed form, written the one way invoices write it."""

    def written(value: str) -> str:
        try:
            return check(value)
        except ValidationError:
            raise ValueError(reason) from None

    return written


def _kvk(value: str) -> str:
    digits = value.replace(" ", "").replace(".", "")
    if not (digits.isascii() and digits.isdecimal() and len(digits) == KVK_DIGITS):
        raise ValueError(f"must be the {KVK_DIGITS} digits of the trade register (KvK)")
    return digits


def _ed25519(value: SecretStr) -> SecretStr:
    # On one line, as files of variables have it, line ends are written as backslash and n.
    pem = value.get_secret_value().replace("\\n", "\n")
    try:
        signer_of(pem.encode())
    except BadKey as error:
        raise ValueError(
            f"must be an Ed25519 private key in PEM without a password, this one is {error.found}: "
            "openssl genpkey -algorithm ed25519"
        ) from None
    return SecretStr(pem)


def masked(value: object) -> object:
    """A value as it can be shown: of a secret nothing, of an address with a password in it the rest."""
    if isinstance(value, SecretStr):
        return MASK
    if isinstance(value, str) and (password := urlsplit(value).password):
        return value.replace(f":{password}@", f":{MASK}@", 1)
    return value


Guid = Annotated[str, AfterValidator(_guid)]
BaseUrl = Annotated[str, AfterValidator(_base_url)]
Host = Annotated[str, AfterValidator(_host)]
Hosts = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_hosts)]
DatabaseUrl = Annotated[str, AfterValidator(_database_url)]
SmtpUrl = Annotated[SecretStr, AfterValidator(_smtp_url)]
MailAddress = Annotated[str, AfterValidator(_mail_address)]
LinkKey = Annotated[SecretStr, AfterValidator(_long_enough)]
ReceiptKey = Annotated[SecretStr, AfterValidator(_ed25519)]
Iban = Annotated[str, AfterValidator(_checked(iban.validate, "is no IBAN: a digit is missing or wrong"))]
Bic = Annotated[str, AfterValidator(_checked(bic.validate, "is no BIC: 8 or 11 letters and digits"))]
DutchVatId = Annotated[
    str,
    AfterValidator(_checked(lambda value: f"NL{btw.validate(value)}", "is no Dutch VAT id, such as NL123456782B01")),
]
DutchPostalCode = Annotated[
    str, AfterValidator(_checked(postcode.validate, "is no Dutch postal code, such as 3231 BK"))
]
Kvk = Annotated[str, AfterValidator(_kvk)]
