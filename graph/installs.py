"""The app in somebody's Teams: found in the customer's catalogue, and installed for a person.

    catalog_app   the app as the customer's catalogue knows it, by the id in its manifest: `AppCatalog.Read.All`
    install       for one person: `TeamsAppInstallation.ReadWriteSelfForUser.All`, which is about our app only

All of it is optional: without the permissions, or with an app that was uploaded by hand, the person gets a link.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from kiota_abstractions.base_request_configuration import RequestConfiguration

from graph.answers import optional_text, read_list, text
from graph.errors import GraphRefused
from graph.links import follower
from graph.people import literal
from graph.writing import post

if TYPE_CHECKING:
    from graph.client import Graph

ORGANIZATION, STORE = "organization", "store"


async def catalog_app(graph: Graph, external_id: str) -> str | None:
    """The catalogue's own id for the app whose manifest has this id, or None.

    An app that only one person uploaded is not in the catalogue, so it does not count. Where the organisation's
    catalogue and the store both have it, the organisation's counts.
    """
    from msgraph.generated.app_catalogs.teams_apps.teams_apps_request_builder import TeamsAppsRequestBuilder as Builder

    parameters = Builder.TeamsAppsRequestBuilderGetQueryParameters(filter=f"externalId eq {literal(external_id)}")
    builder = graph.build.app_catalogs.teams_apps
    question = builder.to_get_request_information(RequestConfiguration(query_parameters=parameters))
    listing = await read_list(graph, question, follower(graph, question))
    found = {optional_text(app, "distributionMethod"): text(app, "id") for app in listing.items}
    return found.get(ORGANIZATION, found.get(STORE))


async def install(graph: Graph, object_id: str, catalog_app_id: str) -> bool:
    """Install the app for a person; False where it was there already.

    Raises `GraphRefused`: 403 where the app or the person's policy does not allow it, 404 where there is no such
    person or app. Not repeated: after `GraphUnavailable` it may be there, which the next attempt says.
    """
    builder = graph.build.users.by_user_id(object_id).teamwork.installed_apps
    address = f"{graph.base_url}/appCatalogs/teamsApps/{catalog_app_id}"
    try:
        await graph.tell(post(builder, {"teamsApp@odata.bind": address}))
    except GraphRefused as error:
        if error.status != HTTPStatus.CONFLICT:
            raise
        return False
    return True
