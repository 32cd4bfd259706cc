"""What our app was granted in a tenant: read by the real msal and msgraph-sdk, over TLS."""

from __future__ import annotations

import ssl
from datetime import UTC, datetime

import httpx
import pytest

from contract.consent_checks import is_app_gone
from demo.graph.directory import AppRoleAssignment, DelegatedGrant, Tenant
from demo.graph.grants import log_consent
from demo.graph.permissions import APP_ROLES
from demo.graph.queries import paging
from demo.graph.server import GraphStandIn
from graph.client import Graph
from graph.consent import (
    Revoked,
    app_grant,
    consent_record,
    delegated_grants,
    revoke_app,
    who_consented,
)
from graph.errors import AccessRefused, GraphRefused, GraphUnavailable, RevokeRefused
from graph.tenants import Tenants
from tests.graph.stand_in import APP_ID, CUSTOMER

FIRST = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
LATER = datetime(2026, 11, 20, 16, 30, tzinfo=UTC)


@pytest.fixture(autouse=True)
def may_read(customer: Tenant) -> None:
    """The app may read what it was granted."""
    customer.revoke(APP_ID)
    customer.consent(APP_ID, "Application.Read.All", at=FIRST)


def names(grant: object) -> list[str]:
    """The names of what was granted."""
    return [name for _id, name in grant.permissions]  # type: ignore[attr-defined]


async def test_permissions_have_their_ids_and_names(graph: Graph, customer: Tenant) -> None:
    """A grant names each permission with Microsoft's id, says since when, and from which objects it was read."""
    customer.consent(APP_ID, "User.Read.All", at=LATER)
    found = await app_grant(graph, APP_ID)
    wanted = ("Application.Read.All", "User.Read.All")
    assert found.permissions == tuple((APP_ROLES[name], name) for name in wanted)
    first = customer.principals[APP_ID].roles[0].created_at
    assert (found.first_at, found.created_at) == (first, LATER)
    assert first < LATER
    assert found.principal_id == customer.principals[APP_ID].id
    assert found.assignment_ids == tuple(sorted(role.id for role in customer.principals[APP_ID].roles))
    assert found.is_enabled


async def test_names_of_graph_s_own_permissions_are_asked_once(stand_in: GraphStandIn, graph: Graph) -> None:
    """The list of names is half a megabyte and the same in every tenant."""
    await app_grant(graph, APP_ID)
    before = len(stand_in.calls)
    assert names(await app_grant(graph, APP_ID)) == ["Application.Read.All"]
    assert len(stand_in.calls) - before == 2


async def test_all_pages_count(graph: Graph, customer: Tenant) -> None:
    """A page is a part: what stands on the others was granted as well; empty pages lead on."""
    paging(customer).size, paging(customer).empty = 2, 1
    customer.consent(APP_ID, "User.Read.All", "Mail.Send", "Directory.Read.All", at=FIRST)
    assert names(await app_grant(graph, APP_ID)) == [
        "Application.Read.All",
        "Directory.Read.All",
        "Mail.Send",
        "User.Read.All",
    ]


async def test_a_role_that_nobody_names_keeps_its_id(graph: Graph, customer: Tenant) -> None:
    """A permission of an app that names no roles is shown by its id, not left out."""
    customer.consent("another-app", at=FIRST, name="Another")
    other = customer.principals["another-app"].id
    customer.principals[APP_ID].roles.append(AppRoleAssignment("0-unnamed", other, FIRST))
    assert ("0-unnamed", "0-unnamed") in (await app_grant(graph, APP_ID)).permissions


async def test_the_digest_is_that_of_what_graph_answered(graph: Graph, customer: Tenant) -> None:
    """The same answer has the same digest, another permission another one."""
    first = (await app_grant(graph, APP_ID)).raw_digest
    assert (await app_grant(graph, APP_ID)).raw_digest == first
    customer.consent(APP_ID, "User.Read.All", at=LATER)
    assert (await app_grant(graph, APP_ID)).raw_digest != first


async def test_no_permissions_is_an_answer(stand_in: GraphStandIn, graph: Graph, customer: Tenant) -> None:
    """The app is there and may nothing: a tenant that took the permissions away, not a failed question."""
    await app_grant(graph, APP_ID)
    customer.principals[APP_ID].roles.clear()
    customer.principals[APP_ID].account_enabled = False
    found = await app_grant(graph, APP_ID)
    assert (found.permissions, found.first_at, found.created_at, found.is_enabled) == ((), None, None, False)


async def test_an_app_that_is_gone(graph: Graph, tenants: Tenants, customer: Tenant) -> None:
    """With a token from before, Graph says that the app is not there; without one there is no token."""
    await app_grant(graph, APP_ID)
    customer.revoke(APP_ID)
    with pytest.raises(GraphRefused) as refused:
        await app_grant(graph, APP_ID)
    assert (refused.value.status, refused.value.code) == (404, "Request_ResourceNotFound")
    with pytest.raises(AccessRefused) as no_token:
        await tenants.roles(CUSTOMER)
    assert is_app_gone(no_token.value.code)


async def test_a_gateway_that_finds_nothing_is_no_answer(stand_in: GraphStandIn, graph: Graph) -> None:
    """Only Graph's own word says that the app or its permissions are gone."""
    for path in ("*servicePrincipals(*", "*appRoleAssignments"):
        stand_in.faults.add(f"GET {path}", status=404, code="UnknownError")
        with pytest.raises(GraphUnavailable):
            await app_grant(graph, APP_ID)


HALVES: tuple[dict[str, object], ...] = (
    {},
    {"value": None},
    {"value": ["text"]},
    {"value": [{"id": "1"}]},
    {"value": [], "@odata.nextLink": 7},
    {"value": [], "@odata.nextLink": "https://elsewhere.example/v1.0/servicePrincipals"},
)


async def test_half_an_answer_is_no_answer(stand_in: GraphStandIn, graph: Graph) -> None:
    """What Graph always gives and does not give now makes the answer none; nothing is taken for gone."""
    for body in HALVES:
        stand_in.faults.add("GET *appRoleAssignments", body=body)
        with pytest.raises(GraphUnavailable) as failed:
            await app_grant(graph, APP_ID)
        assert failed.value.code == "malformed"


async def test_another_app_is_no_answer(stand_in: GraphStandIn, graph: Graph, customer: Tenant) -> None:
    """An app without the fields it always has, or another one than was asked for."""
    right = {"id": customer.principals[APP_ID].id, "appId": APP_ID, "accountEnabled": True}
    changes: tuple[dict[str, object], ...] = ({"accountEnabled": None}, {"id": ""}, {"appId": "another"})
    for changed in changes:
        stand_in.faults.add("GET *servicePrincipals(*", body={**right, **changed})
        with pytest.raises(GraphUnavailable):
            await app_grant(graph, APP_ID)


async def test_delegated_grants(graph: Graph, customer: Tenant) -> None:
    """For everyone or for one person, with their scopes."""
    customer.consent(APP_ID, "Directory.Read.All", "DelegatedPermissionGrant.ReadWrite.All", at=FIRST)
    resource = customer.graph().id
    customer.principals[APP_ID].delegated += [
        DelegatedGrant(resource, " User.Read  openid", id="a"),
        DelegatedGrant(resource, "User.Read", "anna", id="b"),
    ]
    everyone, anna = await delegated_grants(graph, APP_ID)
    assert (everyone.is_for_everyone, everyone.principal_id, everyone.scopes) == (True, None, ("User.Read", "openid"))
    assert (anna.is_for_everyone, anna.principal_id, anna.resource_id) == (False, "anna", resource)


async def test_normally_the_app_cannot_take_itself_away(graph: Graph, customer: Tenant) -> None:
    """Without a permission for that a person has to: a refusal of its own, and nothing has changed."""
    with pytest.raises(RevokeRefused) as refused:
        await revoke_app(graph, APP_ID)
    assert refused.value.status == 403
    assert customer.principals[APP_ID].role_names == ["Application.Read.All"]


async def test_an_app_that_may_not_even_look_cannot_either(graph: Graph, customer: Tenant) -> None:
    """With what customers are asked for, reading a person, the refusal is the same."""
    customer.principals[APP_ID].roles.clear()
    customer.consent(APP_ID, "User.Read.All", at=LATER)
    with pytest.raises(RevokeRefused):
        await revoke_app(graph, APP_ID)
    assert customer.principals[APP_ID].role_names == ["User.Read.All"]


async def test_the_app_is_taken_away_where_it_may(graph: Graph, customer: Tenant) -> None:
    """The app itself goes, with everything it had; asking again finds nothing left."""
    customer.consent(APP_ID, "Application.ReadWrite.OwnedBy", at=FIRST)
    assert await revoke_app(graph, APP_ID) is Revoked.APP
    assert APP_ID not in customer.principals
    assert await revoke_app(graph, APP_ID) is Revoked.NOTHING_LEFT


async def test_else_its_permissions_are(graph: Graph, customer: Tenant) -> None:
    """An app that may change grants takes each of its own away, and can be asked again after a failure."""
    customer.consent(APP_ID, "AppRoleAssignment.ReadWrite.All", "User.Read.All", at=FIRST)
    assert await revoke_app(graph, APP_ID) is Revoked.PERMISSIONS
    assert customer.principals[APP_ID].roles == []


async def test_a_lost_answer_is_asked_for_again(stand_in: GraphStandIn, graph: Graph, customer: Tenant) -> None:
    """The app went and nobody heard it: that is no success yet, and the next time it is."""
    customer.consent(APP_ID, "Application.ReadWrite.OwnedBy", at=FIRST)
    stand_in.faults.add("DELETE *", drop="after")
    with pytest.raises(GraphUnavailable):
        await revoke_app(graph, APP_ID)
    assert await revoke_app(graph, APP_ID) is Revoked.NOTHING_LEFT


async def test_a_gateway_does_not_say_that_it_is_done(stand_in: GraphStandIn, graph: Graph, customer: Tenant) -> None:
    """A 404 that is not Graph's own word leaves it undone."""
    customer.consent(APP_ID, "Application.ReadWrite.OwnedBy", at=FIRST)
    stand_in.faults.add("DELETE *", status=404, code="UnknownError")
    with pytest.raises(GraphUnavailable):
        await revoke_app(graph, APP_ID)
    assert APP_ID in customer.principals


async def test_the_log_names_who_consented(graph: Graph, customer: Tenant) -> None:
    """The latest consent to our app that worked, by the name of then."""
    customer.consent(APP_ID, "AuditLog.Read.All", "Directory.Read.All", at=FIRST)
    assert await consent_record(graph, APP_ID) is None
    anna = customer.add_user("Anna de Vries", "anna@korenbloem.example")
    bert = customer.add_user("Bert", "bert@korenbloem.example")
    customer.consent("another-app", at=LATER, name="Another")
    log_consent(customer, APP_ID, bert, FIRST)
    wanted = log_consent(customer, APP_ID, anna, LATER)
    log_consent(customer, APP_ID, bert, LATER.replace(day=21), result="failure")
    log_consent(customer, "another-app", bert, LATER.replace(day=22))
    record = await consent_record(graph, APP_ID)
    assert record is not None
    assert (record.id, record.at) == (wanted.id, LATER)
    assert await who_consented(graph, APP_ID) == "Anna de Vries (anna@korenbloem.example)"


async def test_consenting_in_the_browser_is_logged(stand_in: GraphStandIn, graph: Graph, customer: Tenant) -> None:
    """Whoever consents on the page of the stand-in stands in the log, as with Microsoft."""
    customer.consent(APP_ID, "AuditLog.Read.All", "Directory.Read.All", at=FIRST)
    admin = customer.add_user("Bea", "bea@korenbloem.example", is_global_administrator=True)
    stand_in.directory.apps[APP_ID].redirect_urls.append("https://bot.example/consented")
    stand_in.login.browser.sign_in(customer, admin)
    asked = {"client_id": APP_ID, "redirect_uri": "https://bot.example/consented", "state": "s"}
    trusted = ssl.create_default_context(cafile=stand_in.ca_path)
    async with httpx.AsyncClient(verify=trusted) as browser:
        answer = await browser.get(f"{stand_in.url}/{CUSTOMER}/v2.0/adminconsent", params=asked)
    assert "admin_consent=True" in answer.headers["Location"]
    assert await who_consented(graph, APP_ID) == "Bea (bea@korenbloem.example)"


async def test_a_log_that_may_not_be_read_names_nobody(graph: Graph) -> None:
    """The permission is optional: without it there is no name, and no error."""
    assert await who_consented(graph, APP_ID) is None
