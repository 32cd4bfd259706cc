"""Who people are and what became of them: found, read and followed in the stand-in, with the real msal and msgraph."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from demo.graph.directory import Tenant, User
from demo.graph.queries import paging
from demo.graph.server import GraphStandIn
from graph.client import Graph
from graph.errors import GraphRefused, GraphUnavailable
from graph.people import (
    Account,
    deleted_account,
    find_account,
    load_account,
)
from graph.tenants import Tenants
from tests.graph.stand_in import HOME


async def test_an_account_is_found_by_any_of_its_addresses(graph: Graph, jo: User, piet: User) -> None:
    """By its main address, its sign-in name or an alias; capitals and quotes in it do not matter."""
    assert piet.id
    jo.proxy_addresses += ["x500:/o=Koren/cn=jo", "SIP:jo@sip.korenbloem.example"]
    aliases = ("jo.o'neil@korenbloem.example", "inkoop@korenbloem.example")
    account = Account(
        jo.id, "Jo O'Neil", jo.user_principal_name, jo.mail, "nl-NL", enabled=True, is_guest=False, aliases=aliases
    )
    own = ("jo.o'neil@korenbloem.example", " JO.O'Neil@Korenbloem.example ")
    for address in (*own, "inkoop@korenbloem.example", "Inkoop@Korenbloem.example"):
        assert await find_account(graph, address) == (account,), address


async def test_an_address_that_people_register_themselves_is_no_proof(graph: Graph, jo: User) -> None:
    """A contact address is what somebody filled in about themselves: whoever writes there is not found by it."""
    assert jo.other_mails == ["jo@home.example"]
    assert await find_account(graph, "jo@home.example") == ()


async def test_nobody_has_that_address(graph: Graph, jo: User) -> None:
    """Nobody is found where nobody has the address, and what is typed never becomes a condition of its own."""
    assert jo.id
    for address in ("nobody@korenbloem.example", "", "jo", "x' or mail ne '@y", f"{'a' * 320}@b.nl"):
        assert await find_account(graph, address) == (), address


async def test_several_accounts_with_one_address(graph: Graph, customer: Tenant, jo: User) -> None:
    """Where it is the sign-in name of one and the address of another both are found, and nobody is picked."""
    customer.add_user("Shared", "inkoop@korenbloem.example", mail=jo.mail)
    assert jo.mail is not None
    assert {account.name for account in await find_account(graph, jo.mail)} == {"Jo O'Neil", "Shared"}


async def test_whose_main_address_it_is_comes_first(graph: Graph, customer: Tenant, jo: User) -> None:
    """Who has an address as an alias does not stand in the way of the one whose main address it is."""
    assert jo.id
    owner = customer.add_user("Inkoop", "inkoop@korenbloem.example")
    (found,) = await find_account(graph, "inkoop@korenbloem.example")
    assert found.object_id == owner.id


async def test_a_directory_without_further_addresses(graph: Graph, jo: User, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where Graph can be asked for main addresses only, somebody is found by those, and nobody by others."""
    monkeypatch.setattr("demo.graph.people.FILTERS", frozenset({"mail", "userPrincipalName"}))
    assert jo.mail is not None
    assert len(await find_account(graph, jo.mail)) == 1
    assert await find_account(graph, "inkoop@korenbloem.example") == ()
    monkeypatch.setattr("demo.graph.people.FILTERS", frozenset())
    with pytest.raises(GraphRefused):
        await find_account(graph, jo.mail)


async def test_aliases_that_may_not_be_asked_for(graph: Graph, stand_in: GraphStandIn) -> None:
    """Any other refusal on the way to the aliases is not taken for nobody."""
    stand_in.faults.add("GET /v1.0/users", body={"value": []})
    stand_in.faults.add("GET /v1.0/users", status=403, code="Authorization_RequestDenied")
    with pytest.raises(GraphRefused):
        await find_account(graph, "inkoop@korenbloem.example")


async def test_all_pages_are_read(graph: Graph, customer: Tenant) -> None:
    """An answer in pages, some of them empty, is read to its end."""
    paging(customer).size, paging(customer).empty = 1, 2
    for number in range(3):
        customer.add_user(f"Number {number}", f"{number}@korenbloem.example", mail="team@korenbloem.example")
    assert len(await find_account(graph, "team@korenbloem.example")) == 3


async def test_an_account_of_another_organisation(graph: Graph, customer: Tenant) -> None:
    """A guest is an account that belongs elsewhere, also where it was made a member. The oldest ones have no type."""
    for name, kind, is_guest in (
        ("ann_partner.example#EXT#@korenbloem.example", "Guest", True),
        ("ann_partner.example#EXT#@korenbloem.example", "Member", True),
        ("ann@korenbloem.example", "guest", True),
        ("ann@korenbloem.example", "Member", False),
        ("ann@korenbloem.example", None, False),
    ):
        ann = customer.add_user("Ann", name, user_type=kind)
        assert (await load_account(graph, ann.id)).is_guest is is_guest, (name, kind)


async def test_an_account_by_its_id(graph: Graph, jo: User) -> None:
    """An account is read as it is now; the id may be written in capitals."""
    jo.account_enabled, jo.mail, jo.preferred_language = False, None, None
    assert await load_account(graph, jo.id.upper()) == Account(
        jo.id, "Jo O'Neil", jo.user_principal_name, None, None, enabled=False, is_guest=False
    )


async def test_an_account_that_is_not_there(graph: Graph, customer: Tenant, jo: User) -> None:
    """Only Graph's own word says that there is no account; whether it can be restored is another question."""
    assert not await deleted_account(graph, jo.id)
    customer.delete_user(jo.id, datetime.now(UTC))
    with pytest.raises(GraphRefused) as refused:
        await load_account(graph, jo.id)
    assert (refused.value.status, refused.value.code) == (404, "Request_ResourceNotFound")
    assert await deleted_account(graph, jo.id)
    customer.purge_user(jo.id)
    assert not await deleted_account(graph, jo.id)


async def test_a_404_of_something_else_is_no_fact(graph: Graph, stand_in: GraphStandIn, jo: User) -> None:
    """A 404 because the tenant cannot be read, or of a gateway, does not say that somebody is gone."""
    for code in ("Directory_ObjectNotFound", "UnknownError", ""):
        for ask in (load_account, deleted_account):
            stand_in.faults.add("GET /v1.0/*", status=404, code=code)
            with pytest.raises(GraphUnavailable):
                await ask(graph, jo.id)


HALF: tuple[Any, ...] = (
    {"id": "x", "userPrincipalName": "a@b.nl", "userType": "Member", "accountEnabled": None},
    {"id": "x", "userPrincipalName": "a@b.nl", "userType": "Member"},
    {"id": "x", "userPrincipalName": "a@b.nl", "userType": "Member", "accountEnabled": "false"},
    {"id": "x", "userPrincipalName": "a@b.nl", "accountEnabled": False},
    {"id": "x", "userType": "Member", "accountEnabled": False},
    {"id": "y", "userPrincipalName": "a@b.nl", "userType": "Member", "accountEnabled": False},
    {"userPrincipalName": "a@b.nl", "userType": "Member", "accountEnabled": False},
    {"id": "x", "userPrincipalName": ["a@b.nl"], "userType": "Member", "accountEnabled": False},
    {},
    [],
)


async def test_half_an_account_is_none(graph: Graph, stand_in: GraphStandIn, jo: User) -> None:
    """An account without what every account has was not read: above all nobody is disabled because a field is missing,
    and nobody is taken for somebody else.
    """
    jo.id = "x"
    for body in HALF:
        stand_in.faults.add("GET */users/x", body=body)
        with pytest.raises(GraphUnavailable):
            await load_account(graph, "x")
    assert (await load_account(graph, "x")).enabled


async def test_pages_without_an_end(graph: Graph, stand_in: GraphStandIn) -> None:
    """A next page that is the one before it ends the reading, with nothing as the result."""
    stand_in.faults.add("GET /v1.0/*", body={"value": [], "@odata.nextLink": f"{stand_in.url}/v1.0/users"}, times=1000)
    with pytest.raises(GraphUnavailable):
        await find_account(graph, "jo@korenbloem.example")
    assert len(stand_in.calls) == 2


async def test_tenants_are_apart(tenants: Tenants, graph: Graph, home: Tenant, jo: User) -> None:
    """Somebody of one tenant is nobody in another one."""
    elsewhere = home.add_user("Jo", "jo.o'neil@korenbloem.example")
    (found,) = await find_account(tenants.of(HOME), "jo.o'neil@korenbloem.example")
    assert found.object_id == elsewhere.id
    with pytest.raises(GraphRefused):
        await load_account(graph, elsewhere.id)
    assert (await load_account(graph, jo.id)).name == "Jo O'Neil"
