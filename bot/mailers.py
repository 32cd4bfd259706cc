"""By which way mails go: an SMTP server or a mailbox by Graph, whichever the settings name, through one interface."""

from __future__ import annotations

from email.message import EmailMessage
from typing import TYPE_CHECKING, Protocol

from bot.graph_mailbox import GraphMailbox
from bot.outcomes import Outcome
from bot.settings import Settings

if TYPE_CHECKING:
    from graph.tenants import Tenants


class Mailer(Protocol):
    """Where mails go, and under which address they are sent."""

    @property
    def sender(self) -> str:
        """The address of who sends."""

    async def send(self, message: EmailMessage, to: str, attempts: int, *, is_in_doubt: bool = False) -> Outcome:
        """Hand a mail over; `attempts` were made before, of which one may have succeeded where that is in doubt."""


def mailer_of(settings: Settings, tenants: Tenants) -> Mailer | None:
    """The way that the settings name; None: no mail is sent."""
    if settings.mail_mailbox is not None:
        return GraphMailbox(settings.mail_mailbox, lambda: tenants.of(settings.app_tenant_id))
    return settings.mail_server
