"""The app catalogue of each tenant, and who has which app in Teams.

With the permission that is about itself an app installs, and sees, nothing but itself. A person without Teams, an app
that an administrator blocked, an app that is there already: each with the status that Graph gives.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from aiohttp import web

from demo.graph.calls import Call, No, Table
from demo.graph.directory import Tenant, User, new_id
from demo.graph.people import find, not_found
from demo.graph.queries import Json, condition, first_page, next_page

ITSELF = "TeamsAppInstallation.ReadWriteSelfForUser.All"
ANY_APP = "TeamsAppInstallation.ReadWriteForUser.All"
READ_ANY_APP = "TeamsAppInstallation.ReadForUser.All"
CATALOG = ("AppCatalog.Read.All", "AppCatalog.ReadWrite.All")
BIND = "teamsApp@odata.bind"
APP_FIELDS = frozenset({"id", "externalId", "displayName", "distributionMethod"})


@dataclass
class CatalogApp:
    """An app in a tenant's catalogue; `external_id` is the id in its manifest, `app_id` that of its registration."""

    external_id: str
    app_id: str
    display_name: str = "Four Star Support"
    distribution_method: str = "organization"
    id: str = field(default_factory=new_id)
    is_blocked: bool = False


@dataclass
class Installation:
    """An app that somebody has."""

    app: CatalogApp
    id: str = field(default_factory=lambda: new_id().replace("-", "") + "==")


@dataclass
class Apps:
    """The catalogue and the installations of one tenant; `when_installed` hears of each new one."""

    catalog: dict[str, CatalogApp] = field(default_factory=dict)
    installed: dict[str, list[Installation]] = field(default_factory=dict)
    without_teams: set[str] = field(default_factory=set)
    when_installed: Callable[[Tenant, User, Installation], None] | None = None

    def add(self, external_id: str, app_id: str, **more: object) -> CatalogApp:
        """Put an app into the catalogue."""
        app = CatalogApp(external_id, app_id, **more)  # type: ignore[arg-type]  # as the caller says
        self.catalog[app.id] = app
        return app


def apps(tenant: Tenant) -> Apps:
    """The catalogue and the installations of this tenant."""
    found: Apps = tenant.kept.setdefault("apps", Apps())
    return found


def routes(table: Table) -> None:
    """The calls about apps in Teams."""
    installed = "/users/{id}/teamwork/installedApps"
    table.add("GET", "/appCatalogs/teamsApps", _catalog, needs=CATALOG)
    table.add("GET", installed, _installed, needs=(ITSELF, ANY_APP, READ_ANY_APP))
    table.add("POST", installed, _install, needs=(ITSELF, ANY_APP))


async def _catalog(call: Call) -> web.StreamResponse:
    if (page := next_page(call)) is not None:
        return page
    holds = condition(call, APP_FIELDS)
    found = [_wire(app) for app in apps(call.tenant).catalog.values()]
    return first_page(call, [app for app in found if holds(app)], context="appCatalogs/teamsApps")


async def _installed(call: Call) -> web.StreamResponse:
    if (page := next_page(call)) is not None:
        return page
    user = _user(call)
    holds = condition(call, frozenset(f"teamsApp/{name}" for name in APP_FIELDS))
    expands = "teamsApp" in call.request.query.get("$expand", "").split(",")
    found: list[Json] = [
        {"id": one.id, **({"teamsApp": _wire(one.app)} if expands else {})}
        for one in apps(call.tenant).installed.get(user.id, [])
        if _may_see(call, one.app) and holds({"teamsApp": _wire(one.app)})
    ]
    return first_page(call, found, context=f"users('{user.id}')/teamwork/installedApps")


async def _install(call: Call) -> web.StreamResponse:
    user, kept = _user(call), apps(call.tenant)
    address = (await call.body()).get(BIND)
    prefix = f"{call.url}/appCatalogs/teamsApps/"
    if not isinstance(address, str) or not address.startswith(prefix):
        raise No(400, "BadRequest", f"'{BIND}' is missing or invalid.")
    app = kept.catalog.get(address.removeprefix(prefix))
    if app is None:
        raise No(404, "NotFound", "The app was not found in the app catalog of the tenant.")
    if not _may_see(call, app) or app.is_blocked:
        raise No(403, "Forbidden", "The app is not permitted by policy, or the caller may only install itself.")
    if any(one.app is app for one in kept.installed.get(user.id, [])):
        raise No(409, "Conflict", "The app is already installed in the personal scope of the user.")
    made = Installation(app)
    kept.installed.setdefault(user.id, []).append(made)
    if kept.when_installed:
        kept.when_installed(call.tenant, user, made)
    return web.Response(
        status=201, headers={"Location": f"{call.url}/users/{user.id}/teamwork/installedApps/{made.id}"}
    )


def _user(call: Call) -> User:
    user = find(call.tenant, call.part("id"))
    if user is None:
        raise not_found(call.part("id"))
    if user.id in apps(call.tenant).without_teams:
        raise No(403, "Forbidden", "The user has no license for Teams.")
    return user


def _may_see(call: Call, app: CatalogApp) -> bool:
    """With the permission about itself an app sees itself only."""
    return app.app_id == call.app_id or bool(call.roles & {ANY_APP, READ_ANY_APP})


def _wire(app: CatalogApp) -> Json:
    return {
        "id": app.id,
        "externalId": app.external_id,
        "displayName": app.display_name,
        "distributionMethod": app.distribution_method,
    }
