"""The demo's tenants in the stand-in of Graph: the people with the ids they have in Teams, groups, the app, a mailbox.

The bakery never consented to anything, as before there was Graph; at the garage everything is asked for.
"""

from __future__ import annotations

import asyncio
from datetime import timedelta

from demo.connector import SECRET, StandIn
from demo.graph.directory import Tenant, User
from demo.graph.installs import Installation, apps
from demo.graph.mail import add_mailbox
from demo.graph.server import GraphStandIn
from demo.people import BOT_APP_ID, BOT_NAME, GARAGE, ORGANISATIONS, PEOPLE, PROVIDER

PERMISSIONS = ("User.Read.All", "AppCatalog.Read.All", "TeamsAppInstallation.ReadWriteSelfForUser.All")
"""What every customer is asked for: who the contacts are, and to give them the app."""
AT_HOME = ("User.Read.All", "GroupMember.Read.All", "DelegatedAdminRelationship.ReadWrite.All")
ENGINEERS_GROUP = "0f1e2d3c-0001-4b5a-8697-a8b9cadbec01"
MAILBOX = f"support@{PROVIDER.domain}"
HANS, HANS_ADDRESS = "Hans van der Linde", f"hans@{GARAGE.domain}"
"""The garage's administrator, who has no Teams."""


class _Arrivals:
    """Whoever gets the app through Graph has it in Teams a moment later."""

    def __init__(self, teams: StandIn) -> None:
        self._teams = teams
        self._under_way: set[asyncio.Task[None]] = set()

    def begin(self, _tenant: Tenant, user: User, _installation: Installation) -> None:
        """Teams tells the bot of it."""
        person = self._teams.find_person(user.id)
        if person is not None:
            task = asyncio.create_task(person.installs())
            self._under_way.add(task)
            task.add_done_callback(self._under_way.discard)


def furnish(graph: GraphStandIn, teams: StandIn) -> None:
    """Fill the directories."""
    arrivals = _Arrivals(teams)
    # A story lets months pass in seconds; tokens are kept by the real clock.
    graph.login.lifetime = timedelta(days=400)
    app = graph.directory.add_app(BOT_APP_ID, SECRET, display_name=BOT_NAME, permissions=list(PERMISSIONS))
    for organisation in ORGANISATIONS:
        tenant = graph.directory.add_tenant(organisation.tenant_id, organisation.name, organisation.domain)
        apps(tenant).add(app.app_id, app.app_id)
        for who in PEOPLE:
            if who.organisation is organisation:
                tenant.add_user(who.name, who.email, id=who.object_id, preferred_language=who.locale)
        apps(tenant).when_installed = arrivals.begin
    graph.directory.tenants[GARAGE.tenant_id].add_user(HANS, HANS_ADDRESS, is_global_administrator=True)
    home = graph.directory.tenants[PROVIDER.tenant_id]
    home.consent(app.app_id, *AT_HOME, at=graph.clock())
    home.add_group("Engineers", *(who.object_id for who in PEOPLE if who.organisation is PROVIDER), id=ENGINEERS_GROUP)
    add_mailbox(home, MAILBOX, app.app_id)
