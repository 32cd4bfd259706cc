"""Being told at once that an account changed: subscriptions to the users of a tenant.

    subscribe   Graph first calls the address with a `validationToken`, which has to come back within 10 seconds
    renew       before the end, at most 29 days away; also where a lifecycle notification wants it reauthorized

One subscription on all users of a tenant, not one for each contact: it stays when contacts change, it also tells of
somebody who comes back, and with 10,000 tenants it takes a fifth of the 50,000 subscriptions an app may have. It costs
a notification for every other user that changes: who receives them looks once for a burst. Enough
for all of it: `User.Read.All`.

Graph calls a deletion that can be undone "updated". What a notification says is a reason to look, never a fact; and it
may not come at all, so the delta query goes on beside it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus
from typing import TYPE_CHECKING

from kiota_abstractions.method import Method

from graph.answers import Item, instant, malformed, optional_text, read, read_list, text
from graph.errors import GraphRefused
from graph.links import follower
from graph.writing import post

if TYPE_CHECKING:
    from graph.client import Graph

LONGEST_SECRET = 128
CHANGES = "updated,deleted"
USERS = "users"
_TLS = "v1_2"
_GONE = frozenset({HTTPStatus.NOT_FOUND, HTTPStatus.GONE})


@dataclass(frozen=True, slots=True)
class Subscription:
    """A subscription of ours as Graph knows it. It never gives the secret back."""

    id: str
    ends_at: datetime
    resource: str
    url: str


async def subscribe(graph: Graph, *, url: str, lifecycle_url: str, secret: str, ends_at: datetime) -> Subscription:
    """Have changes of users told at `url`, and what Graph wants of the subscription at `lifecycle_url`.

    `secret` comes back with every notification. Graph calls both addresses before it answers; where one of them does
    not give the token back it raises `GraphRefused(400)`. Not repeated: after `GraphUnavailable` there may be one,
    which `own_subscriptions` shows.
    """
    if not 0 < len(secret) <= LONGEST_SECRET:
        raise ValueError(f"a secret has 1 to {LONGEST_SECRET} characters")
    body = {
        "changeType": CHANGES,
        "resource": USERS,
        "notificationUrl": url,
        "lifecycleNotificationUrl": lifecycle_url,
        "expirationDateTime": _written(ends_at),
        "clientState": secret,
        "latestSupportedTlsVersion": _TLS,
    }
    return _read((await read(graph, post(graph.build.subscriptions, body))).body)


async def renew(graph: Graph, subscription_id: str, ends_at: datetime) -> Subscription:
    """Have it end later. Raises `GraphRefused` with status 404 where it is gone: subscribe again."""
    builder = graph.build.subscriptions.by_subscription_id(subscription_id)
    question = post(builder, {"expirationDateTime": _written(ends_at)})
    question.http_method = Method.PATCH
    found = _read((await read(graph, question)).body)
    if found.id != subscription_id:
        raise malformed()
    return found


async def unsubscribe(graph: Graph, subscription_id: str) -> bool:
    """End it; False where it was gone already."""
    builder = graph.build.subscriptions.by_subscription_id(subscription_id)
    try:
        await graph.tell(builder.to_delete_request_information())
    except GraphRefused as error:
        if error.status not in _GONE:
            raise
        return False
    return True


async def own_subscriptions(graph: Graph) -> tuple[Subscription, ...]:
    """Every subscription of the app in this tenant, also those whose creation was never answered."""
    question = graph.build.subscriptions.to_get_request_information()
    listing = await read_list(graph, question, follower(graph, question))
    return tuple(_read(subscription) for subscription in listing.items)


def _read(subscription: Item) -> Subscription:
    ends_at = instant(subscription, "expirationDateTime")
    if ends_at is None:
        raise malformed()
    return Subscription(
        id=text(subscription, "id"),
        ends_at=ends_at,
        resource=text(subscription, "resource"),
        url=optional_text(subscription, "notificationUrl") or "",
    )


def _written(at: datetime) -> str:
    if at.tzinfo is None:
        raise ValueError("an instant without a time zone")
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
