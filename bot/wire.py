"""What crosses the seam between Teams and the product, as plain frozen values.

`bot/teams` makes an `Incoming` of each authenticated activity and turns a `Reply` into what Teams expects; everything
else in the product knows these classes only, never an SDK type. The shapes follow the Bot Connector REST API.

Errors of a `Connector` (all carry what is needed to decide about a retry, never text for people):

    ConnectorError
    ├── Refused      Teams will not take it: status 400, 403, 404, 413 (`code` as Teams names it); never retried
    ├── Busy         429, 412, 502, 503, 504 or no connection: try again, not before `retry_after_s` when given
    └── InDoubt      the request went out and no answer came: it may or may not have happened
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from cards.components import Card


class IncomingKind(StrEnum):
    """The kinds of activity the product tells apart."""

    MESSAGE = "message"  # a person typed something, or sent files
    ACTION = "action"  # an Action.Execute click; its answer replaces the card
    SUBMIT = "submit"  # an Action.Submit click (fallback of old clients): a message with a value
    INSTALLED = "installed"
    UNINSTALLED = "uninstalled"
    EDITED = "edited"  # the person changed an earlier message
    OTHER = "other"  # anything new: answered 200 and otherwise ignored


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file or picture of an incoming message, not yet fetched.

    `url` is where the bytes are; `needs_token` tells pictures pasted in the chat (fetched with the bot's token, Teams
    hosts only) from files in the sender's OneDrive (a pre-signed address, plain GET).
    """

    name: str
    content_type: str
    url: str
    needs_token: bool


@dataclass(frozen=True, slots=True)
class Incoming:
    """One authenticated activity. Identity is `tenant_id` + `object_id` of the token-checked activity, nothing else."""

    kind: IncomingKind
    activity_id: str
    tenant_id: str
    object_id: str
    user_id: str
    """The Teams id of the person for this bot (`29:...`)."""
    name: str
    conversation_id: str
    is_personal: bool
    service_url: str
    locale: str = ""
    text: str = ""
    verb: str = ""
    inputs: Mapping[str, Any] = field(default_factory=dict)
    """Everything the button carried plus every input of the card, as the client sent it."""
    is_automatic: bool = False
    """A refresh that the client made by itself, not a click."""
    reply_to_id: str | None = None
    """The message the clicked card stands in."""
    attachments: tuple[Attachment, ...] = ()


@dataclass(frozen=True, slots=True)
class Reply:
    """The answer to one turn: a card, or a line of text; `is_error` marks a refusal (shown as such by the client)."""

    card: Card | None = None
    text: str | None = None
    is_error: bool = False


@dataclass(frozen=True, slots=True)
class Message:
    """One message to post or to put in the place of an earlier one. Exactly one of `card` and `text`.

    Text and card never share a message: Teams then splits it in two and returns no id.
    """

    text: str | None = None
    card: Card | None = None
    summary: str = ""
    """The line of the notification (plain text)."""
    alert: bool = True
    """Whether the person's client should notify."""


@dataclass(frozen=True, slots=True)
class Member:
    """What the roster of a chat says of one person."""

    name: str
    email: str | None
    object_id: str | None


class ConnectorError(Exception):
    """Anything that kept a call to the Bot Connector from succeeding."""


class Refused(ConnectorError):
    """Teams will not take this, now or later."""

    def __init__(self, status: int, code: str = "") -> None:
        super().__init__(status, code)
        self.status = status
        self.code = code

    @property
    def is_unreachable(self) -> bool:
        """Whether the person blocked or uninstalled the bot, or an administrator disabled it."""
        return self.status == HTTPStatus.FORBIDDEN

    @property
    def is_gone(self) -> bool:
        """Whether the message or the chat no longer exists."""
        return self.status == HTTPStatus.NOT_FOUND


class Busy(ConnectorError):
    """Not now: the same call may succeed later."""

    def __init__(self, status: int, retry_after_s: float | None = None) -> None:
        super().__init__(status, retry_after_s)
        self.status = status
        self.retry_after_s = retry_after_s


class InDoubt(ConnectorError):
    """The call went out and no answer came back."""


class Connector(Protocol):
    """The six calls the product makes to the Bot Connector. Each may raise a `ConnectorError`."""

    async def send(self, service_url: str, conversation_id: str, message: Message) -> str:
        """Post a new message; returns its activity id."""

    async def update(self, service_url: str, conversation_id: str, activity_id: str, message: Message) -> None:
        """Put `message` in the place of an earlier one; repeating it is harmless."""

    async def open_chat(self, service_url: str, tenant_id: str, user_id: str) -> str:
        """The 1:1 chat with a person who has the app; returns its conversation id."""

    async def member(self, service_url: str, conversation_id: str, user_id: str) -> Member:
        """What Teams knows of a person in a chat."""

    async def download(self, attachment: Attachment, limit_bytes: int) -> bytes:
        """The bytes of a file someone sent. Raises `Refused(413)` past `limit_bytes`, `Refused(400)` for a host that
        is not allowed.
        """
