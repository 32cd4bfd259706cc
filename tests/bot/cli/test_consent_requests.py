"""`fourstar consent`: asking without chat, and what is said where nothing can be asked (R25)."""

from __future__ import annotations

import json

import pytest

from tests.bot.cli.test_commands import PROVIDER, TENANT, done, environment, refused

GROUP = "11111111-0000-4000-8000-000000000001"
__all__ = ["environment"]


@pytest.fixture(autouse=True)
def customer(environment: None) -> None:
    """A customer without anything."""
    done("db", "upgrade")
    done("customer", "add", "Bakkerij", "--tenant", TENANT)


def test_the_link_is_printed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of the app at once; asking again within the hour is the same request; it stands in the list."""
    asked = json.loads(done("consent", "ask", "Bakkerij", "--app", "--json"))[0]
    assert asked["link"].startswith("https://support.example.com/consent/")
    assert asked["asks"] == ["User.Read.All"]
    assert json.loads(done("consent", "ask", "Bakkerij", "--app", "--json"))[0] == asked
    [row] = json.loads(done("consent", "requests", "Bakkerij", "--json"))
    assert (row["state"], row["link"]) == ("open", asked["link"])
    monkeypatch.setenv("FOURSTAR_GDAP_GROUP", GROUP)
    relationship = json.loads(done("consent", "ask", "Bakkerij", "--delegated", "--json"))[0]
    assert relationship["link"] is None
    assert len(relationship["asks"]) == 5
    assert PROVIDER not in str(relationship)


def test_what_can_not_be_asked_is_said() -> None:
    """Neither of the two, both, no group, an unknown customer, nothing to look at."""
    assert "--app and --delegated" in refused("consent", "ask", "Bakkerij")
    assert "--app and --delegated" in refused("consent", "ask", "Bakkerij", "--app", "--delegated")
    assert "FOURSTAR_GDAP_GROUP" in refused("consent", "ask", "Bakkerij", "--delegated")
    assert "no customer" in refused("consent", "ask", "Nobody", "--app")
    assert "nothing that Microsoft" in refused("consent", "check", "Bakkerij")
    assert "Nothing was asked" in done("consent", "requests", "Bakkerij")
