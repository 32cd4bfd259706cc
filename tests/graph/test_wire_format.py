"""The stand-in answers as Microsoft describes Graph: every answer of every route is held against Microsoft's own model.

The models are the generated ones of the package msgraph-sdk, from Microsoft's OpenAPI description of Graph version 1.0.
Checked are: that the model knows every field, that every value survives being read and written by it (kinds, times,
durations, words of enumerations), and that errors have Graph's form. Not checked: which fields Graph leaves out.
"""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Awaitable
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage

import pytest

from demo.graph.directory import DelegatedGrant, Tenant, User
from demo.graph.grants import log_consent
from demo.graph.installs import apps
from demo.graph.mail import add_mailbox
from demo.graph.partner import partner_of
from demo.graph.queries import paging
from demo.graph.server import GraphStandIn
from graph import consent, groups, installs, mail, people, relationships, subscriptions
from graph.client import Graph
from graph.errors import NoAnswer
from graph.relationship_states import Template
from graph.tenants import Tenants
from tests.graph.listener import Listener
from tests.graph.models import ERROR, MODELS, WITHOUT_ANSWER, check
from tests.graph.stand_in import APP_ID, CUSTOMER, HOME

FROM = "support@oxineo.example"
MANIFEST_ID = "5e1f0000-0000-0000-0000-00000000000f"
NOBODY = "00000000-0000-0000-0000-0000000000ff"
READER = "f2ef992c-3afb-46b9-b7cf-a126ee74c451"
CUSTOMERS = (
    "Application.ReadWrite.All",
    "AppRoleAssignment.ReadWrite.All",
    "DelegatedPermissionGrant.ReadWrite.All",
    "AuditLog.Read.All",
    "Directory.Read.All",
    "AppCatalog.Read.All",
    "TeamsAppInstallation.ReadWriteForUser.All",
)
PROVIDERS = ("DelegatedAdminRelationship.ReadWrite.All", "GroupMember.Read.All")


async def of_people(graph: Graph, customer: Tenant, jo: User, piet: User) -> None:
    """Found, read, followed over a change and two removals, in pages; somebody nobody knows."""
    assert jo.mail
    await people.find_account(graph, jo.mail)
    await people.load_account(graph, jo.id)
    paging(customer).size = 1
    seen = await people.changes(graph, [jo.id, piet.id], None)
    jo.account_enabled = False
    customer.delete_user(piet.id, datetime(2026, 11, 26, 12, 0, tzinfo=UTC))
    await people.changes(graph, [jo.id, piet.id], seen.link)
    await people.deleted_account(graph, piet.id)
    await refused(people.load_account(graph, NOBODY))
    paging(customer).size = 100


async def of_apps(graph: Graph, customer: Tenant, jo: User) -> None:
    """In the catalogue, and installed."""
    app = apps(customer).add(MANIFEST_ID, APP_ID)
    assert await installs.catalog_app(graph, MANIFEST_ID) == app.id
    await installs.install(graph, jo.id, app.id)
    await installs.install(graph, jo.id, app.id)
    installed = graph.build.users.by_user_id(jo.id).teamwork.installed_apps
    await graph.ask_raw(installed.to_get_request_information())


async def of_subscriptions(graph: Graph) -> None:
    """From the handshake to the end."""
    listener = Listener()
    await listener.start()
    end = (datetime.now(UTC) + timedelta(days=7)).replace(microsecond=0)
    made = await subscriptions.subscribe(
        graph, url=listener.url, lifecycle_url=listener.lifecycle_url, secret="s" * 128, ends_at=end
    )
    await subscriptions.own_subscriptions(graph)
    await subscriptions.renew(graph, made.id, end + timedelta(days=1))
    await graph.ask_raw(graph.build.subscriptions.by_subscription_id(made.id).to_get_request_information())
    await subscriptions.unsubscribe(graph, made.id)
    await listener.stop()


async def of_grants(graph: Graph, customer: Tenant, jo: User) -> None:
    """What the app was granted, by whom, and taken away."""
    principal = customer.principals[APP_ID]
    principal.delegated.append(DelegatedGrant(customer.graph().id, "User.Read", principal_id=jo.id))
    log_consent(customer, APP_ID, jo, datetime.now(UTC))
    await consent.app_grant(graph, APP_ID)
    await consent.delegated_grants(graph, APP_ID)
    await consent.who_consented(graph, APP_ID)
    builder = graph.build.service_principals.by_service_principal_id(principal.id).app_role_assignments
    one = builder.by_app_role_assignment_id(principal.roles[0].id)
    await graph.tell(one.to_delete_request_information())
    await consent.revoke_app(graph, APP_ID)


async def of_relationships(graph: Graph, home: Tenant) -> None:
    """From the template to the end, with everything that belongs to one."""
    made = await relationships.create(
        graph,
        Template(roles=(READER,), days=365, extends=True),
        title="Oxineo 1",
        customer_tenant=CUSTOMER,
        customer_name="Bakkerij",
    )
    await relationships.lock(graph, made.id)
    partner_of(home).approve(made.id, datetime(2026, 11, 26, 12, 0, tzinfo=UTC))
    group = home.add_group("Engineers")
    await relationships.assign(graph, made.id, group.id, (READER,))
    (given,) = await relationships.assignments(graph, made.id)
    await relationships.all_of(graph)
    builder = graph.build.tenant_relationships.delegated_admin_relationships
    one = builder.by_delegated_admin_relationship_id(made.id)
    question = one.access_assignments.by_delegated_admin_access_assignment_id(given.id).to_delete_request_information()
    question.headers.add("If-Match", given.etag)
    await graph.tell(question)
    await relationships.terminate(graph, await relationships.load(graph, made.id))
    unused = await relationships.create(
        graph, Template(roles=(READER,), days=30), title="Oxineo 2", customer_tenant=CUSTOMER, customer_name="Bakkerij"
    )
    await relationships.terminate(graph, unused)


async def of_mail(graph: Graph, home: Tenant) -> None:
    """Sent, and found among what was sent."""
    add_mailbox(home, FROM, APP_ID).readers.add(APP_ID)
    message = EmailMessage()
    message["From"], message["To"], message["Subject"], message["Message-ID"] = FROM, "a@b.example", "Dag", "<1@o>"
    message.set_content("Dag")
    await mail.send_mail(graph, FROM, message.as_bytes())
    assert await mail.is_sent(graph, FROM, "<1@o>")


async def refused(asked: Awaitable[object]) -> None:
    """A question whose answer is an error."""
    with pytest.raises(NoAnswer):
        await asked


async def test_every_answer_is_as_microsoft_describes_it(
    stand_in: GraphStandIn, tenants: Tenants, home: Tenant, jo: User, piet: User
) -> None:
    """Every route is asked, and every answer and every error that came is one that Microsoft's model knows."""
    customer = stand_in.directory.tenants[CUSTOMER]
    customer.consent(APP_ID, *CUSTOMERS, at=stand_in.clock())
    home.consent(APP_ID, *PROVIDERS, at=stand_in.clock())
    graph, provider = tenants.of(CUSTOMER), tenants.of(HOME)
    await of_people(graph, customer, jo, piet)
    await of_apps(graph, customer, jo)
    await of_subscriptions(graph)
    await of_relationships(provider, home)
    await of_mail(provider, home)
    group = home.add_group("Staff", home.add_user("Anna", "anna@oxineo.example").id)
    await groups.members(provider, group.id)
    await refused(groups.members(graph, NOBODY))
    await refused(relationships.load(provider, NOBODY))
    await of_grants(graph, customer, jo)
    answered = list(stand_in.table.answered)
    assert set(stand_in.table.routes) - ALIASES - {answer.route for answer in answered} == set()
    faults = await asyncio.to_thread(
        lambda: [
            f"{answer.route} {answer.status}: {fault}"
            for answer in answered
            if answer.status not in WITHOUT_ANSWER and answer.body
            for fault in check(ERROR if answer.status >= 400 else MODELS[answer.route], answer.body)
        ]
    )
    assert faults == []


ALIASES = frozenset({"GET /users/delta", "GET /groups/{id}/transitiveMembers/microsoft.graph.user"})
"""The same answers under a second name."""


@pytest.mark.parametrize(
    "route,body,fault",
    [
        ("GET /users/{id}", b'{"id": "1", "nickname": "Jo"}', "User.nickname: unknown"),
        ("GET /users", b'{"value": [{"nickname": "Jo"}]}', "UserCollectionResponse.value[0].nickname: unknown"),
        ("GET /users/{id}", b'{"accountEnabled": "yes"}', "User.accountEnabled: 'yes' became None"),
        ("GET /users", b'{"value": {"id": "1"}}', "UserCollectionResponse.value.id: '1' became None"),
        (
            "GET /tenantRelationships/delegatedAdminRelationships/{id}",
            b'{"status": "nearly", "duration": "P1D"}',
            "DelegatedAdminRelationship.status: 'nearly' became None",
        ),
    ],
)
def test_what_microsoft_does_not_know_is_found(route: str, body: bytes, fault: str) -> None:
    """A field, a kind, a list or a word that Microsoft's model does not have is named."""
    assert check(MODELS[route], body) == [fault]


def test_base64_is_not_mistaken_for_a_time() -> None:
    """Times and durations may be written in several ways; nothing else may."""
    text = base64.b64encode(b"\x00" * 9).decode()
    assert check(MODELS["GET /users/{id}"], f'{{"displayName": "{text}"}}'.encode()) == []
