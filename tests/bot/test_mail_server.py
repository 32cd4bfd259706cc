"""Handing mails to an SMTP server that really listens: encryption, login, and what its answers mean."""

from __future__ import annotations

import logging
from email.message import EmailMessage
from pathlib import Path

import pytest

from bot.mail_server import AWAY_S, PUT_OFF_S, MailServer, read_mail_server
from bot.outcomes import Dead, Done, Later, Outcome
from tests.bot.post_office import FROM, PASSWORD, USER, post_office

TO = "anna@brood.example"


def mail() -> EmailMessage:
    """A mail."""
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = FROM, TO, "Factuur"
    message.set_content("Dag Anna")
    return message


async def sent(server: MailServer, attempts: int = 0) -> Outcome:
    """What came of handing it over."""
    return await server.send(mail(), TO, attempts)


async def test_a_mail_goes_encrypted_and_with_a_login(tmp_path: Path) -> None:
    """STARTTLS comes first, then the login, whose password may have any characters; the mail arrives as it was."""
    async with post_office(tmp_path) as office:
        assert await sent(office.server()) == Done({"sent": "by SMTP"})
    assert office.was_encrypted == [True]
    assert office.recipients == [[TO]]
    assert office.mails[0].get_content().strip() == "Dag Anna"


async def test_a_server_that_is_encrypted_from_the_start(tmp_path: Path) -> None:
    """`smtps://` speaks TLS from the first byte."""
    async with post_office(tmp_path, from_the_start=True) as office:
        server = read_mail_server(office.url().replace("smtp:", "smtps:"), FROM, office.tls)
        assert await sent(server) == Done({"sent": "by SMTP"})
    assert len(office.mails) == 1


async def test_over_a_network_nothing_is_said_without_encryption(tmp_path: Path) -> None:
    """A server elsewhere that offers no STARTTLS gets neither the mail nor the password."""
    async with post_office(tmp_path, host="127.0.0.2", encrypts=False) as office:
        server = read_mail_server(f"smtp://127.0.0.2:{office.port}", FROM, office.tls)
        assert await sent(server) == Later("not possible: SMTPException", AWAY_S, counts=False)
    assert (office.mails, office.tried) == ([], 0)


async def test_a_relay_on_this_machine_needs_no_encryption(tmp_path: Path) -> None:
    """Nobody listens in within one machine."""
    async with post_office(tmp_path, encrypts=False) as office:
        assert await sent(read_mail_server(f"smtp://127.0.0.1:{office.port}", FROM)) == Done({"sent": "by SMTP"})


async def test_a_certificate_that_nobody_vouches_for_gets_nothing(tmp_path: Path) -> None:
    """Somebody in between with a certificate of their own gets neither the mail nor the password."""
    async with post_office(tmp_path) as office:
        outcome = await sent(read_mail_server(office.url(), FROM))
    assert isinstance(outcome, Later)
    assert not outcome.counts
    assert office.mails == []


@pytest.mark.parametrize("where", ["at_recipient", "after_mail"])
async def test_put_off_is_tried_again_later_and_later(tmp_path: Path, where: str) -> None:
    """4xx, as greylisting gives it: again in a minute, at last in two hours; it counts as an attempt."""
    async with post_office(tmp_path) as office:
        getattr(office, where).extend(["451 4.7.1 come back later"] * 2)
        assert await sent(office.server()) == Later("mail put off 451", PUT_OFF_S[0])
        assert await sent(office.server(), attempts=20) == Later("mail put off 451", PUT_OFF_S[-1])
        assert await sent(office.server()) == Done({"sent": "by SMTP"})


@pytest.mark.parametrize("where", ["at_recipient", "after_mail"])
async def test_refused_for_good_is_a_dead_letter(tmp_path: Path, where: str) -> None:
    """5xx: no such mailbox, or a mail that is not taken; trying again changes nothing."""
    async with post_office(tmp_path) as office:
        getattr(office, where).append("550 5.1.1 nobody here")
        assert await sent(office.server()) == Dead("mail refused 550")


async def test_no_answer_is_in_doubt(tmp_path: Path) -> None:
    """The line breaks after the mail was handed over: it may have been taken."""
    async with post_office(tmp_path) as office:
        office.after_mail.append("hang up")
        outcome = await sent(office.server())
    assert outcome == Later("no answer", PUT_OFF_S[0], is_in_doubt=True)
    assert len(office.mails) == 1


async def test_a_refused_login_makes_no_dead_letter(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """The fault is ours and concerns every mail: they wait, and the log says why, without the password."""
    async with post_office(tmp_path) as office:
        with caplog.at_level(logging.WARNING):
            outcome = await sent(office.server(password="wrong-secret"))
    assert outcome == Later("login refused 535", AWAY_S, counts=False)
    assert "login refused 535" in caplog.text
    assert "wrong-secret" not in caplog.text


async def test_a_server_that_is_away_makes_no_dead_letter(tmp_path: Path) -> None:
    """Nothing listens: every mail waits, however long."""
    async with post_office(tmp_path) as office:
        server = office.server()
    outcome = await sent(server)
    assert isinstance(outcome, Later)
    assert (outcome.counts, outcome.after_s) == (False, AWAY_S)


def test_a_server_is_read_from_its_address() -> None:
    """Scheme, login, host and port; the usual ports where none is given; the password is in no repr."""
    named = read_mail_server("smtp://mailer:p%40ss%2Fw%3Ard@mail.example.com", FROM)
    assert (named.host, named.port, named.user, named.password) == ("mail.example.com", 587, USER, PASSWORD)
    assert not named.is_encrypted
    assert read_mail_server("smtps://mail.example.com", FROM).port == 465
    assert read_mail_server("smtps://mail.example.com", FROM).is_encrypted
    assert read_mail_server("smtp://localhost:25", FROM).port == 25
    assert PASSWORD not in repr(named)


@pytest.mark.parametrize(
    "url",
    [
        "http://mail.example.com",
        "mail.example.com:587",
        "smtp://",
        "smtp://user@mail.example.com",
        "smtp://mail.example.com/inbox",
        "smtp://mail.example.com?tls=no",
        "smtp://user:se/cret@mail.example.com",
        "smtp://user:secret#1@mail.example.com",
    ],
)
def test_an_address_that_names_no_server_is_refused(url: str) -> None:
    """The reason says what to do, and never has the password in it."""
    with pytest.raises(ValueError, match="must") as refused:
        read_mail_server(url, FROM)
    assert "cret" not in str(refused.value)
