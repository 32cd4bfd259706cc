"""Mailboxes that apps send from: what was sent is kept, and can be read by tests, the demo and whoever may."""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any
from uuid import uuid4

from aiohttp import web

from demo.graph.calls import Call, No, Table
from demo.graph.directory import Tenant
from demo.graph.paging import pages

MOST_AT_ONCE = 4
"""So many calls of one app to one mailbox at a time; one more is throttled."""
LARGEST_BYTES = 4 * 1024 * 1024


@dataclass
class Mailbox:
    """A mailbox. `senders` and `readers` are apps that Exchange lets in here, beside those that may use every one."""

    address: str
    senders: set[str] = field(default_factory=set)
    readers: set[str] = field(default_factory=set)
    sent: list[EmailMessage] = field(default_factory=list)
    refused: set[str] = field(default_factory=set)
    """Addresses that Exchange does not send to."""
    at_once: int = 0
    busiest: int = 0


def mailboxes_of(tenant: Tenant) -> dict[str, Mailbox]:
    """The mailboxes of a tenant, by address."""
    found: dict[str, Mailbox] = tenant.kept.setdefault("mailboxes", {})
    return found


def add_mailbox(tenant: Tenant, address: str, *senders: str) -> Mailbox:
    """A mailbox from which these apps may send, and no other."""
    mailboxes_of(tenant)[address.lower()] = Mailbox(address, senders=set(senders))
    return mailboxes_of(tenant)[address.lower()]


def routes(table: Table) -> None:
    """The calls of this subject. Who may is looked up in the mailbox: Exchange's own roles stand in no token."""
    table.add("POST", "/users/{user}/sendMail", _send)
    table.add("GET", "/users/{user}/mailFolders/{folder}/messages", _messages)


async def _send(call: Call) -> web.Response:
    mailbox = _mailbox(call)
    if "Mail.Send" not in call.roles and call.app_id not in mailbox.senders:
        raise No(403, "ErrorAccessDenied", "Access is denied. Check credentials and try again.")
    mailbox.at_once += 1
    mailbox.busiest = max(mailbox.busiest, mailbox.at_once)
    try:
        if mailbox.at_once > MOST_AT_ONCE:
            raise No(429, "ApplicationThrottled", "Application is over its MailboxConcurrency limit.")
        message = await _message(call)
        for address in _recipients(message):
            if address.lower() in mailbox.refused:
                raise No(400, "ErrorInvalidRecipients", "At least one recipient is not valid.")
        mailbox.sent.append(message)
    finally:
        mailbox.at_once -= 1
    return web.Response(status=202)


async def _messages(call: Call) -> web.Response:
    mailbox = _mailbox(call)
    may = {"Mail.Read", "Mail.ReadBasic.All", "Mail.ReadWrite"} & call.roles
    if not may and call.app_id not in mailbox.readers:
        raise No(403, "ErrorAccessDenied", "Access is denied. Check credentials and try again.")
    if call.part("folder").lower() != "sentitems":
        raise No(404, "ErrorItemNotFound", "The specified object was not found in the store.")
    wanted = re.fullmatch(r"internetMessageId eq '(?P<id>.*)'", call.request.query.get("$filter", ""))
    if wanted is None:
        raise No(400, "ErrorInvalidUrlQueryFilter", "The query filter contains one or more invalid nodes.")
    found = [one for one in mailbox.sent if one["Message-ID"] == wanted["id"].replace("''", "'")]
    return pages(call, [message_body(one) for one in found], context="users/mailFolders/messages")


def message_body(message: EmailMessage) -> dict[str, Any]:
    """A message that was sent, as far as it is asked for."""
    return {
        "@odata.etag": f'W/"{uuid4().hex}"',
        "id": uuid4().hex,
        "internetMessageId": message["Message-ID"],
        "subject": message["Subject"],
        "isDraft": False,
    }


async def _message(call: Call) -> EmailMessage:
    """What is to be sent: MIME in base64. Raises `No`."""
    content = await call.request.read()
    if len(content) > LARGEST_BYTES:
        raise No(413, "RequestEntityTooLarge", "The request is too large.")
    if call.request.content_type != "text/plain":
        raise No(400, "ErrorInvalidRequest", "The stand-in takes MIME only.")
    try:
        raw = base64.b64decode(content, validate=True)
    except binascii.Error as error:
        raise No(400, "ErrorMimeContentInvalidBase64String", "Invalid base64 string for MIME content.") from error
    message = message_from_bytes(raw, policy=default)
    if not _recipients(message):
        raise No(400, "ErrorInvalidRecipients", "At least one recipient is not valid.")
    return message


def _recipients(message: EmailMessage) -> list[str]:
    header = message["To"]
    return [one.addr_spec for one in header.addresses] if header else []


def _mailbox(call: Call) -> Mailbox:
    found = mailboxes_of(call.tenant).get(call.part("user").lower())
    if found is None:
        raise No(404, "ErrorInvalidUser", f"The requested user '{call.part('user')}' is invalid.")
    return found
