"""The app in the customer's catalogue and in somebody's Teams."""

from __future__ import annotations

import pytest

from demo.graph.directory import Tenant, User
from demo.graph.installs import Apps, CatalogApp, apps
from demo.graph.server import GraphStandIn
from graph.client import Graph
from graph.errors import GraphRefused, GraphUnavailable
from graph.installs import catalog_app, install
from tests.graph.stand_in import APP_ID

MANIFEST_ID = "5e1f0000-0000-0000-0000-00000000000f"
SELF = "TeamsAppInstallation.ReadWriteSelfForUser.All"


@pytest.fixture
def kept(customer: Tenant, stand_in: GraphStandIn) -> Apps:
    """The customer's apps; the customer grants what it takes."""
    customer.consent(APP_ID, "AppCatalog.Read.All", SELF, at=stand_in.clock())
    return apps(customer)


@pytest.fixture
def ours(kept: Apps) -> CatalogApp:
    """Our app in the customer's catalogue, beside another one, which somebody has."""
    kept.add("another", "another-app")
    return kept.add(MANIFEST_ID, APP_ID)


async def test_the_app_is_found_by_the_id_in_its_manifest(graph: Graph, kept: Apps) -> None:
    """Nothing is found before it is there; what one person uploaded does not count; the organisation's comes first."""
    assert await catalog_app(graph, MANIFEST_ID) is None
    kept.add(MANIFEST_ID, APP_ID, distribution_method="sideloaded")
    assert await catalog_app(graph, MANIFEST_ID) is None
    store = kept.add(MANIFEST_ID, APP_ID, distribution_method="store")
    assert await catalog_app(graph, MANIFEST_ID) == store.id
    organization = kept.add(MANIFEST_ID, APP_ID)
    assert await catalog_app(graph, MANIFEST_ID) == organization.id


async def test_installed_once(graph: Graph, ours: CatalogApp, kept: Apps, jo: User) -> None:
    """It is installed once, which the second attempt says."""
    heard: list[str] = []
    kept.when_installed = lambda _tenant, user, _installation: heard.append(user.id)
    assert await install(graph, jo.id, ours.id)
    assert not await install(graph, jo.id, ours.id)
    assert [one.app for one in kept.installed[jo.id]] == [ours]
    assert heard == [jo.id]


async def test_what_is_not_allowed(graph: Graph, ours: CatalogApp, kept: Apps, customer: Tenant, jo: User) -> None:
    """Another app, a blocked one, a person without Teams or without account: each is refused with Graph's status."""
    other = next(app for app in kept.catalog.values() if app is not ours)
    refusals = [(jo.id, other.id, 403), (jo.id, "unknown", 404), ("nobody", ours.id, 404)]
    for object_id, app_id, status in refusals:
        with pytest.raises(GraphRefused) as refused:
            await install(graph, object_id, app_id)
        assert refused.value.status == status
    ours.is_blocked = True
    with pytest.raises(GraphRefused):
        await install(graph, jo.id, ours.id)
    ours.is_blocked = False
    kept.without_teams.add(jo.id)
    with pytest.raises(GraphRefused):
        await install(graph, jo.id, ours.id)
    assert kept.installed == {}


async def test_without_the_permissions(graph: Graph, customer: Tenant, jo: User) -> None:
    """The catalogue is not read, and nothing is installed."""
    app = apps(customer).add(MANIFEST_ID, APP_ID)
    for ask in (catalog_app(graph, MANIFEST_ID), install(graph, jo.id, app.id)):
        with pytest.raises(GraphRefused) as refused:
            await ask
        assert refused.value.status == 403


async def test_an_installation_whose_answer_was_lost(
    graph: Graph, stand_in: GraphStandIn, ours: CatalogApp, kept: Apps, jo: User
) -> None:
    """It is not asked for twice: the next attempt finds it there."""
    stand_in.faults.add("POST /v1.0/*", drop="after")
    with pytest.raises(GraphUnavailable):
        await install(graph, jo.id, ours.id)
    assert len(kept.installed[jo.id]) == 1
    assert not await install(graph, jo.id, ours.id)
