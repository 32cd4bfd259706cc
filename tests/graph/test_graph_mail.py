"""Mail by Graph: a whole message as MIME from one mailbox, taken once, over TLS with the real msal and msgraph-sdk."""

from __future__ import annotations

from email.message import EmailMessage
from email.policy import SMTP

import pytest

from demo.graph.directory import Tenant
from demo.graph.mail import Mailbox, add_mailbox
from demo.graph.server import GraphStandIn
from graph.client import Graph
from graph.errors import GraphUnavailable, MailboxRefused, MailPutOff, MailRefused
from graph.mail import is_sent, send_mail
from graph.tenants import Tenants
from tests.graph.stand_in import APP_ID, HOME

FROM = "support@oxineo.example"
TO = "anna@korenbloem.example"
ID = "<o'hara.1@oxineo.example>"


@pytest.fixture
def mailbox(home: Tenant) -> Mailbox:
    """The shared mailbox, from which our app may send, by Exchange's own roles."""
    return add_mailbox(home, FROM, APP_ID)


@pytest.fixture
def provider(tenants: Tenants) -> Graph:
    """Questions in the provider's tenant."""
    return tenants.of(HOME)


def mime(to: str = TO, text: str = "Dag Anna") -> bytes:
    """A mail with a plain text, a page and a file."""
    message = EmailMessage(policy=SMTP)
    message["From"], message["To"], message["Subject"], message["Message-ID"] = FROM, to, "Factuur é", ID
    message.set_content(text)
    message.add_alternative(f"<p>{text}</p>", subtype="html")
    message.add_attachment(b"%PDF", maintype="application", subtype="pdf", filename="factuur.pdf")
    return message.as_bytes()


async def test_a_mail_arrives_whole(provider: Graph, mailbox: Mailbox) -> None:
    """Text, page, file and our own Message-ID, which a mail as JSON could not have."""
    await send_mail(provider, FROM, mime())
    (sent,) = mailbox.sent
    assert (sent["Message-ID"], sent["Subject"]) == (ID, "Factuur é")
    kinds = [part.get_content_type() for part in sent.walk() if not part.is_multipart()]
    assert kinds == ["text/plain", "text/html", "application/pdf"]


async def test_what_was_sent_can_be_looked_up(provider: Graph, mailbox: Mailbox) -> None:
    """By its Message-ID, also one with a quote in it; without the permission nobody knows."""
    assert await is_sent(provider, FROM, ID) is None
    mailbox.readers.add(APP_ID)
    assert await is_sent(provider, FROM, ID) is False
    await send_mail(provider, FROM, mime())
    assert await is_sent(provider, FROM, ID) is True
    assert await is_sent(provider, FROM, ID.replace("1", "2")) is False


async def test_a_mail_is_put_once(stand_in: GraphStandIn, provider: Graph, mailbox: Mailbox) -> None:
    """Nothing repeats it by itself: it may have been taken, and who sends it looks first."""
    for number, status in enumerate((503, 504, 429), 1):
        stand_in.faults.add("POST *sendMail", status=status)
        with pytest.raises(GraphUnavailable) as failed:
            await send_mail(provider, FROM, mime())
        assert (failed.value.status, len(stand_in.calls)) == (status, number)
        assert not isinstance(failed.value, MailPutOff)
    assert mailbox.sent == []


async def test_a_lost_answer_is_no_no(stand_in: GraphStandIn, provider: Graph, mailbox: Mailbox) -> None:
    """Exchange took it and nobody heard: unknown, until somebody looks."""
    mailbox.readers.add(APP_ID)
    stand_in.faults.add("POST *sendMail", drop="after")
    with pytest.raises(GraphUnavailable):
        await send_mail(provider, FROM, mime())
    assert await is_sent(provider, FROM, ID) is True


async def test_an_address_that_exchange_refuses(provider: Graph, mailbox: Mailbox) -> None:
    """That mail is not taken, others are."""
    mailbox.refused.add(TO)
    with pytest.raises(MailRefused) as refused:
        await send_mail(provider, FROM, mime())
    assert refused.value.code == "ErrorInvalidRecipients"
    await send_mail(provider, FROM, mime("bert@korenbloem.example"))


async def test_a_mail_that_is_too_large_is_not_even_offered(
    stand_in: GraphStandIn, provider: Graph, mailbox: Mailbox
) -> None:
    """Four megabytes after base64 is what a request to Graph may have."""
    with pytest.raises(MailRefused):
        await send_mail(provider, FROM, mime(text=("x" * 70 + "\n") * 46_000))
    assert stand_in.calls == []


async def test_a_mailbox_that_may_not_be_used(provider: Graph, mailbox: Mailbox, home: Tenant) -> None:
    """The scoped permission is missing, or there is no such mailbox: no mail at all goes."""
    mailbox.senders.clear()
    with pytest.raises(MailboxRefused) as refused:
        await send_mail(provider, FROM, mime())
    assert (refused.value.status, refused.value.code) == (403, "ErrorAccessDenied")
    with pytest.raises(MailboxRefused) as unknown:
        await send_mail(provider, "nobody@oxineo.example", mime())
    assert (unknown.value.status, unknown.value.code) == (404, "ErrorInvalidUser")


FAULTS: tuple[tuple[int, str, type[Exception]], ...] = (
    (400, "ErrorMimeContentInvalid", MailRefused),
    (413, "ErrorMessageSizeExceeded", MailRefused),
    (400, "MailboxNotEnabledForRESTAPI", MailboxRefused),
    (404, "MailboxNotEnabledForRESTAPI", MailboxRefused),
    (403, "ErrorSendAsDenied", MailboxRefused),
    (401, "InvalidAuthenticationToken", MailboxRefused),
    (410, "Gone", MailboxRefused),
    (400, "ErrorExceededMessageLimit", MailPutOff),
    (403, "ErrorMessageSubmissionBlocked", MailPutOff),
    (400, "ErrorMailboxMoveInProgress", MailPutOff),
)


async def test_whose_fault_it_is(stand_in: GraphStandIn, provider: Graph, mailbox: Mailbox) -> None:
    """The message's, the mailbox's, or a pause that Exchange wants: by its code first, then by its status."""
    for status, code, kind in FAULTS:
        stand_in.faults.clear()
        stand_in.faults.add("POST *sendMail", status=status, code=code, times=2)
        with pytest.raises(kind):
            await send_mail(provider, FROM, mime())
    assert mailbox.sent == []
