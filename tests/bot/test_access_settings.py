"""What an installation asks of its customers' tenants, and what it may not ask (R25)."""

from __future__ import annotations

import json
from uuid import UUID

import pytest

from bot.settings import InvalidSettings, load_settings
from contract.consents import Permission
from contract.permissions import GLOBAL_ADMINISTRATOR, LEAST_ROLES
from tests.receipt_keys import TEST_KEY

GROUP = "11111111-0000-4000-8000-000000000001"
NEEDED = {
    "FOURSTAR_APP_ID": GROUP,
    "FOURSTAR_APP_TENANT_ID": GROUP,
    "FOURSTAR_APP_SECRET": "secret",
    "FOURSTAR_PUBLIC_URL": "https://bot.example.org",
    "FOURSTAR_LINK_SIGNING_KEY": "k" * 32,
    "FOURSTAR_RECEIPT_KEY": TEST_KEY,
}


@pytest.fixture(autouse=True)
def needed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The settings that every installation needs."""
    for name, value in NEEDED.items():
        monkeypatch.setenv(name, value)


def test_without_any_setting_the_least_is_asked() -> None:
    """One permission that reads, roles without Global Administrator, a year, and no group: no relationship (R25)."""
    asked = load_settings().access_template("app")
    assert (asked.permissions, asked.group_id, asked.days, asked.extends) == (("User.Read.All",), None, 365, False)
    assert set(asked.roles) == set(LEAST_ROLES)


def test_an_installation_can_ask_for_other_roles(monkeypatch: pytest.MonkeyPatch) -> None:
    """By the ids of their templates, in Microsoft's form, with names (R25)."""
    role = {"id": "729827E3-9C14-49F7-BB1B-9608F156BBB8", "name": "Helpdesk Administrator"}
    monkeypatch.setenv("FOURSTAR_GDAP_ROLES", json.dumps([role]))
    monkeypatch.setenv("FOURSTAR_GDAP_GROUP", GROUP.upper())
    monkeypatch.setenv("FOURSTAR_GRAPH_PERMISSIONS", '["User.Read.All", "AuditLog.Read.All", "User.Read.All"]')
    asked = load_settings().access_template("app")
    assert asked.roles == (Permission("729827e3-9c14-49f7-bb1b-9608f156bbb8", "Helpdesk Administrator"),)
    assert str(UUID(asked.group_id or "")) == asked.group_id
    assert asked.permissions == ("User.Read.All", "AuditLog.Read.All")


@pytest.mark.parametrize("name,value,words", [
    ("FOURSTAR_GRAPH_PERMISSIONS", '["AuditLog.Read.All"]', "User.Read.All"),
    ("FOURSTAR_GRAPH_PERMISSIONS", '["User.Read.All", "everything please"]', "pattern"),
    ("FOURSTAR_GDAP_ROLES", "[]", "at least one"),
    ("FOURSTAR_GDAP_ROLES", json.dumps([{"id": GROUP, "name": "A"}, {"id": GROUP, "name": "B"}]), "each once"),
    ("FOURSTAR_GDAP_ROLES", '[{"id": "x", "name": "A"}]', "an id such as"),
    ("FOURSTAR_GDAP_DAYS", "731", "730"),
    ("FOURSTAR_GDAP_DAYS", "0", "1"),
])  # fmt: skip
def test_what_microsoft_would_refuse_is_refused_at_the_start(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, words: str
) -> None:
    """The bot does not start with what no customer could approve, and says which setting it is (R25)."""
    monkeypatch.setenv(name, value)
    with pytest.raises(InvalidSettings) as refused:
        load_settings()
    [problem] = refused.value.problems
    assert problem.variable == name
    assert words.lower() in problem.reason.lower()


def test_a_relationship_with_every_right_extends_no_further(monkeypatch: pytest.MonkeyPatch) -> None:
    """Microsoft does not extend one with Global Administrator, so it is not promised (R25)."""
    monkeypatch.setenv("FOURSTAR_GDAP_ROLES", json.dumps([{"id": GLOBAL_ADMINISTRATOR, "name": "Global"}]))
    assert not load_settings().gdap_extends
    monkeypatch.setenv("FOURSTAR_GDAP_EXTENDS", "true")
    with pytest.raises(InvalidSettings, match="FOURSTAR_GDAP_EXTENDS"):
        load_settings()
