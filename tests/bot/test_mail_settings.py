"""Which way mails go is a setting, and there is one."""

from __future__ import annotations

import pytest

from bot.graph_mailbox import GraphMailbox
from bot.mailers import mailer_of
from bot.settings import load_settings
from bot.tenants import all_tenants
from tests.bot.test_settings import TENANT_ID, environment, refused

__all__ = ["environment"]
"""Enough to start, for every test of this file."""


def test_the_mail_server_is_one_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without it there is none; mails come from the provider's address where no other is given."""
    assert load_settings().mail_server is None
    monkeypatch.setenv("FOURSTAR_SMTP_URL", "smtp://mailer:geheim@mail.example.com")
    server = load_settings().mail_server
    assert server is not None
    assert (server.host, server.sender) == ("mail.example.com", "info@oxineo.nl")
    monkeypatch.setenv("FOURSTAR_MAIL_FROM", "support@example.com")
    server = load_settings().mail_server
    assert server is not None
    assert server.sender == "support@example.com"
    assert "geheim" not in repr(load_settings()) + repr(server)


async def test_mail_goes_one_way(monkeypatch: pytest.MonkeyPatch) -> None:
    """By SMTP or from a mailbox by Graph: with both the bot does not start, with neither no mail is sent."""
    tenants = await all_tenants(load_settings())
    try:
        assert mailer_of(load_settings(), tenants) is None
        assert not load_settings().sends_mail
        monkeypatch.setenv("FOURSTAR_MAIL_MAILBOX", "support@example.com")
        mailer = mailer_of(load_settings(), tenants)
        assert isinstance(mailer, GraphMailbox)
        assert mailer.sender == "support@example.com"
        assert mailer.graph() is tenants.of(TENANT_ID)
        assert load_settings().sends_mail
    finally:
        await tenants.close()
    monkeypatch.setenv("FOURSTAR_SMTP_URL", "smtp://mailer:geheim@mail.example.com")
    assert refused() == {"FOURSTAR_MAIL_MAILBOX": "give either this, or FOURSTAR_SMTP_URL with FOURSTAR_MAIL_FROM"}
    monkeypatch.delenv("FOURSTAR_MAIL_MAILBOX")
    settings = load_settings()
    assert settings.sends_mail
    assert settings.mail_server is not None
