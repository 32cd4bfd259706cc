"""What a handler is given: one turn of one person, inside one transaction.

A handler is an ordinary function `(turn, click) -> Answer`. It reads and writes through `turn.session`, asks
`contract/` to decide, and never waits for anything outside the database.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.orm import Session

from bot.wire import Incoming
from cards.components import Card
from cards.language import Texts, texts_for
from contract.parties import Address, Seller
from contract.people import Language, Person, Role
from contract.permissions import AccessTemplate
from contract.pickup import SHIPPED_RESPONSE_MINUTES
from contract.tickets import Urgency
from storage.people import Standing


@dataclass(frozen=True, slots=True)
class Provider:
    """The provider as customers see it (R1)."""

    name: str
    address: str
    email: str
    phone: str
    tenant_id: str
    chat_url: str = ""
    """Opens the chat with the bot; empty where none is shown."""


_NOBODY = Seller(name="", address=Address(street="", postal_code="", city=""))


@dataclass(frozen=True, slots=True)
class Policy:
    """Settings that decide something, the same for every turn of this installation."""

    provider: Provider
    pickup_in_working_days: bool = False
    response_minutes: Mapping[Urgency, int | None] = field(default_factory=lambda: SHIPPED_RESPONSE_MINUTES)
    file_limit_bytes: int = 10 * 1024 * 1024
    public_url: str = ""
    sends_mail: bool = True
    """Whether mails go out, by SMTP or by Graph."""
    default_language: Language = Language.NL
    """For a person whose client does not say."""
    link_key: bytes = b""
    """Signs the links to files (HMAC); every replica has the same."""
    app_id: str = ""
    """The bot's own id, which is the app's in Teams too."""
    engineers_group: str | None = None
    managers_group: str | None = None
    """Security groups of the provider's tenant: who is in one is on the staff."""
    receipt_key: bytes = b""
    """Signs receipts (Ed25519, PEM); every replica has the same. Without it nothing can be decided."""
    seller: Seller = _NOBODY
    """The provider as invoices name it; empty where it is not set yet (R1)."""
    issue_without_asking: bool = False
    """Whether a month's invoices go out by themselves."""
    access: AccessTemplate = field(default_factory=AccessTemplate)
    """What every customer's tenant is asked for (R25)."""
    app_consent_covers_work: bool = False
    """Whether the consent to our app alone covers remote work by engineers (R25)."""


@dataclass(frozen=True, slots=True)
class Notice:
    """A line of text as an answer; `is_error` where nothing was done."""

    text: str
    is_error: bool = False


Answer = Card | Notice | None
"""None where the answer comes by itself (a card that delivery posts and keeps current)."""


@dataclass(frozen=True, slots=True)
class Turn:
    """One click or message of `caller`, at `now` (aware UTC, read once at the door)."""

    session: Session
    caller: Standing
    now: datetime
    source: Incoming
    policy: Policy

    @property
    def person(self) -> Person:
        """Who did it."""
        return self.caller.person

    @property
    def role(self) -> Role:
        """What that person is, as of this transaction."""
        return self.caller.role

    @property
    def language(self) -> Language:
        """The language that person reads."""
        return self.caller.person.language

    @property
    def texts(self) -> Texts:
        """The texts in that language."""
        return texts_for(self.language)
