"""Mail from a mailbox of the provider, by way of Graph: 202 means that Exchange took it, and no more (R5, R14, R15).

A message goes as MIME, the whole of it in base64 as `text/plain`: only so it can have a plain text beside the page and
a Message-ID of our own. The JSON form has one body. Of other headers of ours Exchange keeps those that begin with `X-`,
and of these only the ones that the mailbox has met before, so nothing rests on them.

Graph has no key for doing a thing once. Whoever does not know whether a message was taken looks for its Message-ID
among what was sent (`is_sent`, where `Application Mail.ReadBasic` is granted for the mailbox); without that it is sent
again, the same to the byte, so that most clients show it once.

    POST users/{mailbox}/sendMail                                          Application Mail.Send, for this mailbox
    GET  users/{mailbox}/mailFolders/sentitems/messages?$filter=...        Application Mail.ReadBasic, likewise
"""

from __future__ import annotations

import base64
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from kiota_abstractions.base_request_configuration import RequestConfiguration

from graph.answers import objects, read
from graph.errors import GraphRefused, MailboxRefused, MailPutOff, MailRefused
from graph.writing import post_content

if TYPE_CHECKING:
    from graph.client import Graph

LARGEST_BYTES = 4 * 1024 * 1024
"""A request to Graph; base64 makes a message a third larger."""

_PUT_OFF = frozenset(
    {
        "errorexceededmessagelimit",
        "errormessagesubmissionblocked",
        "errorquotaexceeded",
        "errorserverbusy",
        "errormailboxmoveinprogress",
        "errormailboxstoreunavailable",
        "errorinternalservertransienterror",
        "errorinternalservererror",
        "errortimeoutexpired",
        "mailboxinfostale",
    }
)
"""The mailbox has sent too much for now, or is being moved: Exchange says so with 4xx as well as with 5xx."""
_OF_THE_MAILBOX = frozenset(
    {
        "erroraccessdenied",
        "errorinvaliduser",
        "errornonexistentmailbox",
        "errorsendasdenied",
        "mailboxnotenabledforrestapi",
        "mailboxnotsupportedforrestapi",
        "resourcenotfound",
    }
)
_OF_THE_MESSAGE = frozenset(
    {
        "errorinvalidrecipients",
        "errorinvalidsmtpaddress",
        "errormimecontentinvalid",
        "errormimecontentinvalidbase64string",
        "errormessagesizeexceeded",
        "errorrequestentitytoolarge",
        "requestbodyread",
    }
)
_REFUSED_STATUS = (HTTPStatus.BAD_REQUEST, HTTPStatus.REQUEST_ENTITY_TOO_LARGE, HTTPStatus.UNPROCESSABLE_ENTITY)


async def send_mail(graph: Graph, mailbox: str, mime: bytes) -> None:
    """Hand a message to Exchange. Put once, as only a look at what was sent tells whether a lost answer was a yes.

    Raises `MailRefused` for this message, `MailboxRefused` where no message would be taken, `MailPutOff` where
    Exchange wants a pause, `GraphUnavailable` where nobody knows, `NoAccess`.
    """
    content = base64.b64encode(mime)
    if len(content) > LARGEST_BYTES:
        raise MailRefused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "too large for Graph")
    builder = graph.build.users.by_user_id(mailbox).send_mail
    try:
        await graph.tell(post_content(builder, content, "text/plain"))
    except GraphRefused as error:
        code = error.code.lower()
        if code in _PUT_OFF:
            raise MailPutOff(error.status, error.code) from error
        if code in _OF_THE_MESSAGE or (error.status in _REFUSED_STATUS and code not in _OF_THE_MAILBOX):
            raise MailRefused(error.status, error.code) from error
        raise MailboxRefused(error.status, error.code) from error


async def is_sent(graph: Graph, mailbox: str, message_id: str) -> bool | None:
    """Whether a message with this Message-ID is among what the mailbox sent; None where we may not look.

    A message stands there a few seconds after it was taken.
    """
    from msgraph.generated.users.item.mail_folders.item.messages.messages_request_builder import (
        MessagesRequestBuilder as Builder,
    )

    quoted = message_id.replace("'", "''")
    parameters = Builder.MessagesRequestBuilderGetQueryParameters(
        filter=f"internetMessageId eq '{quoted}'", select=["id", "internetMessageId"], top=1
    )
    folder: Any = graph.build.users.by_user_id(mailbox).mail_folders.by_mail_folder_id("sentitems")
    question = folder.messages.to_get_request_information(RequestConfiguration(query_parameters=parameters))
    try:
        answer = await read(graph, question)
    except GraphRefused as error:
        if error.status == HTTPStatus.FORBIDDEN:
            return None
        raise
    return any(one.get("internetMessageId") == message_id for one in objects(answer.body, "value"))
