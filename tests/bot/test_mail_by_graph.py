"""Mails that go from a mailbox by Graph: the same mails as by SMTP, once where that can be known, sent and not more."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from email.message import EmailMessage
from pathlib import Path

import pytest

from bot.graph_mailbox import AT_ONCE, GraphMailbox
from bot.mail_server import AWAY_S, PUT_OFF_S
from bot.outcomes import Dead, Done, Later
from demo.graph.mail import Mailbox, add_mailbox
from demo.graph.server import GraphStandIn
from graph import client
from storage.database import Database
from storage.outbox_states import State
from tests.bot.invoiced import invoiced
from tests.bot.mailed import BILLS, ask_mail, billed, ends, mailed, parts
from tests.bot.people import make_world
from tests.graph.stand_in import APP_ID, HOME, SECRET, open_to
from tests.loop_guard import guarding

FROM = "support@oxineo.example"
TO = "anna@brood.example"


@pytest.fixture
async def stand_in(tmp_path: Path) -> AsyncIterator[GraphStandIn]:
    """Graph, in which the provider has a shared mailbox that the app may send from."""
    async with GraphStandIn(tmp_path) as started:
        started.directory.add_app(APP_ID, SECRET)
        home = started.directory.add_tenant(HOME, "Oxineo", "oxineo.example")
        home.consent(APP_ID, at=started.clock())
        add_mailbox(home, FROM, APP_ID)
        yield started


@pytest.fixture
def mailbox(stand_in: GraphStandIn) -> Mailbox:
    """The mailbox as Exchange keeps it."""
    kept: Mailbox = stand_in.directory.tenants[HOME].kept["mailboxes"][FROM]
    return kept


@pytest.fixture
async def mailer(stand_in: GraphStandIn) -> AsyncIterator[GraphMailbox]:
    """The way to it, through the real msal and msgraph-sdk; nothing on it blocks the loop."""
    async with open_to(stand_in) as tenants:
        with guarding() as guard:
            yield GraphMailbox(FROM, lambda: tenants.of(HOME))
        assert guard.blocked == []


def mail(to: str = TO) -> EmailMessage:
    """A mail."""
    message = EmailMessage()
    message["From"], message["To"], message["Subject"], message["Message-ID"] = FROM, to, "Factuur", "<1@oxineo.nl>"
    message.set_content("Dag Anna")
    return message


# --- the whole way ----------------------------------------------------------------------------------------------------


async def test_an_invoice_goes_by_graph(database: Database, mailer: GraphMailbox, mailbox: Mailbox) -> None:
    """In the customer's language, as text and page with the documents, and with a way back; sent, not delivered."""
    world = await make_world(database)
    await billed(world)
    await ask_mail(world, (await invoiced(world)).id)
    await mailed(world, mailer)
    (sent,) = mailbox.sent
    text, page, attached = parts(sent)
    assert (sent["To"], sent["From"], sent["Content-Language"]) == (BILLS, f"Oxineo <{FROM}>", "nl")
    assert sent["Message-ID"] == f"<{sent['X-Fourstar-Mail']}>"
    assert "Te betalen" in text
    assert "Te betalen" in page
    assert sorted(name for name, _, _ in attached if name) == ["2026-0001.pdf", "2026-0001.ubl"]
    assert await ends(world, "mail") == [(State.DONE, None, {"sent": "by Graph"})]


@pytest.mark.parametrize("may_look", [True, False])
async def test_a_lost_answer(
    database: Database, stand_in: GraphStandIn, mailer: GraphMailbox, mailbox: Mailbox, *, may_look: bool
) -> None:
    """Exchange took it and nobody heard: who may look sends it once, who may not sends the same mail again."""
    if may_look:
        mailbox.readers.add(APP_ID)
    stand_in.faults.add("POST *sendMail", drop="after")
    world = await make_world(database)
    await billed(world)
    await ask_mail(world, (await invoiced(world)).id)
    await mailed(world, mailer, minutes=10)
    assert len(mailbox.sent) == (1 if may_look else 2)
    assert len({one.as_bytes() for one in mailbox.sent}) == 1
    ((state, error, result),) = await ends(world, "mail")
    assert (state, error) == (State.DONE, None)
    assert result == {"sent": "by Graph", **({"found": True} if may_look else {})}


# --- what Exchange answers --------------------------------------------------------------------------------------------


async def test_what_the_answers_mean(stand_in: GraphStandIn, mailer: GraphMailbox, mailbox: Mailbox) -> None:
    """A fault of the mail ends it, a fault of ours or of Exchange holds every mail back; doubt is only where it is."""
    rows: tuple[tuple[dict[str, object], object], ...] = (
        ({"status": 400, "code": "ErrorInvalidRecipients"}, Dead("mail refused 400 ErrorInvalidRecipients")),
        ({"status": 500}, Later("no answer", PUT_OFF_S[0], is_in_doubt=True)),
        ({"status": 504}, Later("no answer", PUT_OFF_S[0], is_in_doubt=True)),
        ({"drop": "after"}, Later("no answer", PUT_OFF_S[0], is_in_doubt=True)),
        ({"status": 503}, Later("mail put off 503 ServiceError", PUT_OFF_S[0], counts=False)),
        (
            {"status": 400, "code": "ErrorExceededMessageLimit"},
            Later("mail put off ErrorExceededMessageLimit", AWAY_S, counts=False),
        ),
        (
            {"status": 403, "code": "ErrorAccessDenied"},
            Later("not possible: MailboxRefused 403 ErrorAccessDenied", AWAY_S, counts=False),
        ),
        ({"status": 410}, Later("not possible: MailboxRefused 410 ServiceError", AWAY_S, counts=False)),
        ({"status": 429, "retry_after_s": 90}, Later("mail put off 429 ServiceError", 90.0, counts=False)),
    )
    for fault, outcome in rows:
        stand_in.faults.add("POST *sendMail", **fault)
        assert await mailer.send(mail(), TO, 0) == outcome, fault
    assert len(mailbox.sent) == 1  # whose answer was dropped


async def test_a_pause_is_kept(stand_in: GraphStandIn, mailer: GraphMailbox) -> None:
    """While Graph wants a pause no mail is offered, and none becomes a dead letter."""
    stand_in.faults.add("POST *sendMail", status=429, retry_after_s=90)
    await mailer.send(mail(), TO, 0)
    outcome = await mailer.send(mail(), TO, 7)
    assert isinstance(outcome, Later)
    assert (outcome.error, outcome.counts, outcome.is_in_doubt) == ("mail put off 429 paused", False, False)
    assert 80 < (outcome.after_s or 0) <= 90
    assert len(stand_in.calls) == 1


async def test_no_answer_in_time_is_in_doubt(
    stand_in: GraphStandIn, mailer: GraphMailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It may have been taken."""
    assert await mailer.send(mail(), TO, 0) == Done({"sent": "by Graph"})
    monkeypatch.setattr(client, "QUESTION_TIMEOUT_S", 0.1)
    stand_in.faults.add("POST *sendMail", delay_s=1.0)
    assert await mailer.send(mail(), TO, 1) == Later("no answer", PUT_OFF_S[1], is_in_doubt=True)


async def test_without_a_token_every_mail_waits(
    stand_in: GraphStandIn, mailer: GraphMailbox, caplog: pytest.LogCaptureFixture
) -> None:
    """The secret ended: that is ours to mend, and the log says so."""
    stand_in.directory.apps[APP_ID].secrets.clear()
    outcome = await mailer.send(mail(), TO, 9)
    assert isinstance(outcome, Later)
    assert (outcome.after_s, outcome.counts, outcome.is_in_doubt) == (AWAY_S, False, False)
    assert "no mail can be sent by Graph" in caplog.text
    assert SECRET not in caplog.text


async def test_a_doubt_stays_until_somebody_looked(
    stand_in: GraphStandIn, mailer: GraphMailbox, mailbox: Mailbox
) -> None:
    """A look that fails settles nothing; one that finds nothing does, and then it is sent."""
    mailbox.readers.add(APP_ID)
    stand_in.faults.add("GET *messages", status=500)
    doubtful = Later("no answer", PUT_OFF_S[0], is_in_doubt=True)
    assert await mailer.send(mail(), TO, 0, is_in_doubt=True) == doubtful
    assert mailbox.sent == []
    stand_in.faults.add("POST *sendMail", status=503)
    outcome = await mailer.send(mail(), TO, 0, is_in_doubt=True)
    assert isinstance(outcome, Later)
    assert not outcome.is_in_doubt
    assert await mailer.send(mail(), TO, 0, is_in_doubt=True) == Done({"sent": "by Graph"})
    assert await mailer.send(mail(), TO, 0, is_in_doubt=True) == Done({"sent": "by Graph", "found": True})
    assert len(mailbox.sent) == 1


async def test_only_so_many_at_once(stand_in: GraphStandIn, mailer: GraphMailbox, mailbox: Mailbox) -> None:
    """Exchange throttles an app that calls one mailbox with more than four calls at a time."""
    await mailer.send(mail(), TO, 0)
    stand_in.calls.clear()
    go = asyncio.Event()
    stand_in.faults.add("POST *sendMail", wait_for=go, times=8)
    sending = [asyncio.create_task(mailer.send(mail(), TO, 0)) for _ in range(8)]
    while len(stand_in.calls) < AT_ONCE:  # noqa: ASYNC110  the stand-in has no event for it
        await asyncio.sleep(0.01)
    await asyncio.sleep(0.05)
    assert len(stand_in.calls) == AT_ONCE
    go.set()
    assert await asyncio.gather(*sending) == [Done({"sent": "by Graph"})] * 8
    assert len(mailbox.sent) == 9
