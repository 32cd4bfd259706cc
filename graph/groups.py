"""Who is in a security group, also by way of groups inside it: the provider's engineers and managers (R6).

Enough for it: `GroupMember.Read.All` to see that they are members and `User.Read.All` to see who they are. With the
first one alone Graph names members without saying anything of them, which is no answer.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from kiota_abstractions.base_request_configuration import RequestConfiguration

from graph.answers import read_list
from graph.links import follower
from graph.people import SELECT, Account, read_account

if TYPE_CHECKING:
    from graph.client import Graph

PAGE_SIZE = 999


async def members(graph: Graph, group_id: str) -> tuple[Account, ...]:
    """The people in a group, each once. Raises `GraphRefused` with status 404 where there is no such group."""
    from msgraph.generated.groups.item.transitive_members.graph_user.graph_user_request_builder import (
        GraphUserRequestBuilder as Builder,
    )

    # Only people, which Graph calls a cast, takes an index that lags a little: it says so by "eventual".
    parameters = Builder.GraphUserRequestBuilderGetQueryParameters(select=SELECT, count=True, top=PAGE_SIZE)
    asked = RequestConfiguration(query_parameters=parameters)
    asked.headers.add("ConsistencyLevel", "eventual")
    question = graph.build.groups.by_group_id(group_id).transitive_members.graph_user.to_get_request_information(asked)
    listing = await read_list(graph, question, follower(graph, question))
    accounts = (read_account(member) for member in listing.items)
    return tuple({account.object_id: account for account in accounts}.values())
