"""`fourstar engineer`: by which source somebody is on the staff, and who is a guest in a customer's tenant."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy.orm import Session

from bot.cli.opened import change
from contract.people import Role
from contract.staff_groups import StaffSource
from storage.guests import GuestState, decide_guest, offer_guest
from storage.people import find_standing, set_staff_role
from tests.bot.cli.test_commands import PEOPLE, PROVIDER, TENANT, done, environment, refused

__all__ = ["environment"]


def _person(session: Session, name: str) -> int:
    standing = find_standing(session, PROVIDER, PEOPLE[name])
    assert standing is not None
    return standing.person.id


@pytest.fixture
def staff(sqlite_url: str) -> None:
    """Anna is manager by the list, Bram engineer by a group."""
    done("engineer", "add", "--object-id", PEOPLE["Anna"], "--name", "Anna", "--manager")
    done("engineer", "add", "--object-id", PEOPLE["Bram"], "--name", "Bram")

    def act(session: Session, _settings: Any, _now: datetime) -> str:
        set_staff_role(session, _person(session, "Bram"), Role.ENGINEER, StaffSource.GROUP)
        return ""

    change(act)


@pytest.mark.usefixtures("staff")
def test_the_source_is_shown() -> None:
    """The list says who came by a group; removing such a person says that the group brings them back."""
    rows = json.loads(done("engineer", "list", "--json"))
    assert {row["name"]: row["source"] for row in rows} == {"Anna": "list", "Bram": "group"}
    assert "the next look at it brings them back" in done("engineer", "remove", "Bram")


@pytest.mark.usefixtures("staff")
def test_named_by_command_they_are_on_the_list() -> None:
    """Whoever is added by command stays, whatever a group says."""
    assert "brings them back" not in done("engineer", "add", "--object-id", PEOPLE["Bram"], "--name", "Bram")
    rows = json.loads(done("engineer", "list", "--json"))
    assert {row["source"] for row in rows} == {"list"}


@pytest.mark.usefixtures("staff")
def test_guests_are_listed_and_forgotten() -> None:
    """A second identity stands there with what the engineer said of it, and can be taken away."""
    assert "No engineer was found as a guest" in done("engineer", "guests", "list")
    done("customer", "add", "Bakkerij Brood", "--tenant", TENANT)

    def act(session: Session, _settings: Any, now: datetime) -> str:
        guest_id = offer_guest(session, TENANT, PEOPLE["Carla"], _person(session, "Bram"), now)
        assert guest_id is not None
        decide_guest(session, guest_id, GuestState.CONFIRMED, now)
        return str(guest_id)

    number = change(act)
    (row,) = json.loads(done("engineer", "guests", "list", "--json"))
    assert (row["engineer"], row["customer"], row["state"]) == ("Bram", "Bakkerij Brood", "confirmed")
    assert "no longer known as a guest at Bakkerij Brood" in done("engineer", "guests", "remove", number)
    assert "There is no guest" in refused("engineer", "guests", "remove", number)
    assert json.loads(done("engineer", "guests", "list", "--json")) == []
