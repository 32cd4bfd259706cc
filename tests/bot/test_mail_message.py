"""The message itself: no header, no address and no markup that we did not put there."""

from __future__ import annotations

from email.message import EmailMessage

import pytest

from bot.mail import BadAddress, compose, message_id
from bot.mail_server import read_mail_server
from cards.mails import letter
from contract.people import Language
from tests.bot.deliveries import SetClock
from tests.bot.mailed import parts
from tests.bot.people import POLICY
from tests.bot.post_office import FROM


def composed(subject: str = "Factuur", *, to: str = "anna@brood.example", sender: str = FROM) -> EmailMessage:
    """A mail with this subject."""
    made = letter(subject, "Dag <b>Anna</b>", [("Naam", "a & b")], provider=POLICY.provider, language=Language.NL)
    return compose(
        made,
        (),
        to=to,
        sender=sender,
        provider="Oxineo\r\nBcc: all@brood.example",
        reply_to="",
        language="nl",
        message_id=message_id("invoice:1", sender),
        written_at=SetClock().now(),
    )


@pytest.mark.parametrize(
    "subject",
    [
        "Factuur\r\nBcc: iedereen@brood.example",
        "Factuur\nX-Evil: 1\n\n<script>",
        "Fact\u2028uur\x00\x0b\x85",
        "=?utf-8?q?Factuur?=" + "é" * 400,
    ],
)
def test_no_header_can_be_added(subject: str) -> None:
    """Whatever a subject or a name has in it, the mail has the headers we gave it and no other."""
    sent = composed(subject)
    plain = composed()
    assert sorted(sent.keys()) == sorted(plain.keys())
    assert "Bcc" not in sent
    assert not any(char in str(sent["Subject"]) for char in "\r\n\x00\u2028")
    assert len(str(sent["Subject"])) <= 150
    head = sent.as_bytes().split(b"\r\n\r\n")[0]
    assert b"\nBcc" not in head
    assert b"X-Evil" not in head.split(b"\nSubject")[0]


@pytest.mark.parametrize(
    "address",
    ["", "anna", "anna@", "@brood.example", "anna@brood", "a@b.nl\r\nBcc: c@d.nl", "a@b.nl, c@d.nl", "Anna <a@b.nl>"],
)
def test_what_is_no_address_is_refused(address: str) -> None:
    """One address and nothing else: no list, no name, no header."""
    with pytest.raises(BadAddress):
        composed(to=address)
    with pytest.raises(BadAddress):
        composed(sender=address)


def test_nothing_in_a_mail_is_markup() -> None:
    """What a person wrote stands in the page as it was written."""
    page = parts(composed())[1]
    assert "Dag &lt;b&gt;Anna&lt;/b&gt;" in page
    assert "a &amp; b" in page
    assert "http" not in page


def test_the_setting_names_a_sender() -> None:
    """The sender of the server is who mails come from."""
    assert read_mail_server("smtp://localhost", FROM).sender == FROM
