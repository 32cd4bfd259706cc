"""`fourstar customer administrator`: who can consent in a customer's tenant, without chat (R25)."""

from __future__ import annotations

import json

import pytest

from tests.bot.cli.test_commands import TENANT, done, environment, refused

__all__ = ["environment"]


@pytest.fixture
def customer(environment: None) -> str:
    """A customer's number."""
    done("customer", "add", "Bakkerij", "--tenant", TENANT)
    return "1"


def test_an_administrator_is_named_changed_and_taken_back(customer: str) -> None:
    """What is given is changed, the rest stays; without anything it is shown (R25)."""
    command = ("customer", "administrator", customer)
    assert "Nobody is named" in done(*command)
    done(*command, "--name", "Ton Beheer", "--email", "ton@brood.example")
    done(*command, "--language", "en")
    [kept] = json.loads(done(*command, "--json"))
    assert kept == {"name": "Ton Beheer", "email": "ton@brood.example", "language": "en"}
    assert "either --remove" in refused(*command, "--remove", "--language", "nl")
    assert "Nobody is named" in done(*command, "--remove")


@pytest.mark.parametrize(
    "given",
    [
        ("--name", "Ton"),
        ("--email", "a@b.nl"),
        ("--name", "Ton", "--email", "ton"),
        ("--name", "T" * 201, "--email", "a@b.nl"),
    ],
)
def test_half_a_person_is_refused(customer: str, given: tuple[str, ...]) -> None:
    """Name and address are both needed, and the address has to be one."""
    assert "--email" in refused("customer", "administrator", customer, *given)
    assert "Nobody is named" in done("customer", "administrator", customer)
