"""Contacts by address, and the watch over their accounts, from the command line (R4, D32)."""

from __future__ import annotations

import json

import pytest

from bot.cli.opened import change
from storage.contact_searches import list_latest
from tests.bot.cli.test_commands import PEOPLE, TENANT, done, environment, fourstar, refused

__all__ = ["environment"]


@pytest.fixture(autouse=True)
def customer(environment: None) -> None:
    """A fresh database with one customer."""
    done("db", "upgrade")
    done("customer", "add", "Bakkerij Korenbloem", "--tenant", TENANT)


def test_a_contact_is_looked_up_by_address() -> None:
    """The running bot asks the directory; the search stands there until then, once however often it is asked."""
    for address in ("Anna@brood.example", "anna@brood.example"):
        assert "Search 1" in done("contact", "add", "1", address)
    (row,) = json.loads(done("contact", "searches", "1", "--json"))
    assert (row["who"], row["state"], row["reason"]) == ("Anna@brood.example", "looking", None)
    (search,) = change(lambda session, _settings, _now: list_latest(session, 1, 9))
    assert search.asked_by is None
    assert "no e-mail address" in refused("contact", "add", "1", "anna")


@pytest.mark.parametrize(
    "arguments", [(), ("a@b.example", "--object-id", PEOPLE["Anna"]), ("a@b.example", "--name", "Anna")]
)
def test_one_way_or_the_other(arguments: tuple[str, ...]) -> None:
    """Neither or both, or a name beside an address, is a mistake of the command line."""
    assert fourstar("contact", "add", "1", *arguments).exit_code == 2


def test_the_list_says_where_it_is_known_from() -> None:
    """A contact by object id is one by your word until the directory said something."""
    done("contact", "add", "1", "--object-id", PEOPLE["Anna"], "--name", "Anna")
    (row,) = json.loads(done("contact", "list", "1", "--json"))
    assert (row["source"], row["account"], row["only_reads"]) == ("by word", None, False)


def test_watching_is_switched_on_and_off() -> None:
    """Off with a reason that `customer show` repeats; what is so already is said."""
    assert "looks at once" in done("customer", "watch", "1")
    assert "watched already" in refused("customer", "watch", "1")
    (shown,) = json.loads(done("customer", "show", "1", "--json"))
    assert (shown["accounts_watched"], shown["last_look"]) == (True, None)
    done("customer", "watch", "1", "--stop", "moving to another tenant")
    assert "not watched" in refused("customer", "watch", "1", "--stop", "again")
    assert "Say why" in refused("customer", "watch", "1", "--stop", " ")
    (shown,) = json.loads(done("customer", "show", "1", "--json"))
    assert (shown["accounts_watched"], shown["not_watched_because"]) == (False, "moving to another tenant")
