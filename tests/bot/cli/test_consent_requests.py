"""`fourstar consent`: asking without chat, and what is said where nothing can be asked (R25)."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from bot import ledger, terms
from bot.cli.opened import change
from bot.policies import policy_of
from bot.settings import Settings
from contract.consents import Finding, GrantState, Mechanism, Proof
from storage.contracts import add_contract
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
    assert "asked  app" in done("access", "ledger", "Bakkerij")
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


def test_a_consent_is_ended(tmp_path: Path) -> None:
    """What Microsoft shows as given is handed to the running bot; of what isn't there or was recorded is said so."""

    def give(session: Session, given: Settings, now: datetime) -> None:
        policy, found = policy_of(given), Finding(state=GrantState.ACTIVE, valid_from=now, proof=Proof.TOKEN)
        ledger.observe(session, policy, 1, Mechanism.APP, given.app_id, found, now)
        day = now.date()
        terms.keep_consent(session, 1, now, document="form", recorded_by=None, first=day, last=None, policy=policy)

    change(give)
    sources = json.loads(done("access", "show", "Bakkerij", "--json"))[0]["sources"]
    numbers = {one["mechanism"]: str(one["source"]) for one in sources}
    assert "is being ended" in done("consent", "end", "Bakkerij", numbers["app"])
    assert "is being ended" in done("consent", "end", "Bakkerij", numbers["app"])
    assert done("access", "ledger", "Bakkerij").count("end_asked") == 2, "asked and confirmed, once each"
    done("access", "ledger", "Bakkerij", "--json", str(tmp_path / "ledger.jsonl"))
    assert '"confirmed":"command line"' in (tmp_path / "ledger.jsonl").read_text()
    assert "can't be written" in refused(
        "access", "ledger", "Bakkerij", "--json", str(tmp_path / "no" / "ledger.jsonl")
    )
    assert "--withdraw" in refused("consent", "end", "Bakkerij", numbers["manual"])
    assert "no source 99" in refused("consent", "end", "Bakkerij", "99")


def test_whose_consent_to_look_at() -> None:
    """A customer with a contract and no consent is listed; one without a contract is not."""
    assert "Every customer with a contract has a consent" in done("consent", "list")

    def sign(session: Session, _given: Settings, now: datetime) -> None:
        first, last = now.date(), now.date() + timedelta(days=9)
        add_contract(session, 1, number="C-1", signed_at=now, starts_on=first, ends_on=last)

    change(sign)
    [row] = json.loads(done("consent", "list", "--json"))
    assert (row["name"], row["consent"], row["at"]) == ("Bakkerij", "missing", None)
