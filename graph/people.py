"""Who people are in a tenant, and what became of them: found by address, read by object id, followed by delta.

Enough for all of it: `User.Read.All`. What Graph did not say is never made up: an account without `accountEnabled` is
no disabled one but half an answer, and only Graph's own "no such user" means that there is none: its 404 for a tenant
that cannot be read, or a gateway's, is a failed question.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from kiota_abstractions.base_request_configuration import RequestConfiguration

from graph.answers import Item, malformed, optional_text, read, read_list, text
from graph.errors import GraphRefused, GraphUnavailable, LinkExpired
from graph.links import at, follower, is_own

if TYPE_CHECKING:
    from kiota_abstractions.request_information import RequestInformation

    from graph.client import Graph

WATCHED_AT_MOST = 50
"""So many object ids fit one delta query."""
SELECT = ["id", "displayName", "userPrincipalName", "mail", "preferredLanguage", "accountEnabled", "userType"]
_ALIASES, _BY_MAIL = "proxyAddresses", "smtp:"

_LONGEST_ADDRESS = 320
_NO_SUCH_OBJECT, _UNSUPPORTED = "request_resourcenotfound", "request_unsupportedquery"
_RESTORABLE, _GONE = "changed", "deleted"
"""Why an account is named as removed, in Graph's words."""
_RESYNC = frozenset({"syncstatenotfound", "syncstateinvalid", "resyncrequired", "directory_expiredpagetoken"})
"""Codes that say in other words than 410 that a link is too old."""


@dataclass(frozen=True, slots=True)
class Account:
    """A user of a tenant. `language` is what Graph calls preferred, such as `nl-NL`; most accounts have none.

    `is_guest`: the account belongs to another organisation, whatever it may do in this tenant.
    """

    object_id: str
    name: str
    user_principal_name: str
    mail: str | None
    language: str | None
    enabled: bool
    is_guest: bool
    aliases: tuple[str, ...] = ()
    """All its addresses for mail, where they were asked for."""


@dataclass(frozen=True, slots=True)
class AccountChange:
    """What a delta says of an account. None: did not change, or was never set. `mail` and `language` are "" where the
    directory has none any more.
    """

    object_id: str
    name: str | None = None
    user_principal_name: str | None = None
    mail: str | None = None
    language: str | None = None
    enabled: bool | None = None
    is_guest: bool | None = None

    def updated_by(self, later: AccountChange) -> AccountChange:
        """Both changes as one: what the later one says holds."""
        said = {field.name: getattr(later, field.name) for field in fields(later)}
        return replace(self, **{name: value for name, value in said.items() if value is not None})


@dataclass(frozen=True, slots=True)
class Changes:
    """What changed since the link of last time; everything there is when there was none.

    `deleted` accounts can be restored for 30 days, `gone` ones cannot. A restored account is back among `accounts`.
    `link` is kept for the next time. After a look without a link whoever stands in none of the three was not found:
    ask `load_account` before believing it.
    """

    accounts: tuple[AccountChange, ...]
    deleted: frozenset[str]
    gone: frozenset[str]
    link: str


async def find_account(graph: Graph, address: str) -> tuple[Account, ...]:
    """The accounts with this address: none, one or several.

    First whose main address or sign-in name it is; only where there is nobody, whose further address for mail (an
    alias, a former name), in directories that can be asked for those. A contact address that was registered with an
    account (`otherMails`) is no address of it: anybody's can be filled in there. Deleted accounts are not among them.
    """
    wanted = address.strip()
    if "@" not in wanted or len(wanted) > _LONGEST_ADDRESS:
        return ()
    it, alias = literal(wanted), literal(f"{_BY_MAIL}{wanted}")
    found = await _users(graph, f"mail eq {it} or userPrincipalName eq {it}")
    if not found:
        try:
            found = await _users(graph, f"{_ALIASES}/any(p:p eq {alias})")
        except GraphRefused as error:
            if error.code.casefold() != _UNSUPPORTED:
                raise
    return tuple({account.object_id: account for account in found}.values())


async def load_account(graph: Graph, object_id: str) -> Account:
    """An account by its object id. Raises `GraphRefused` with status 404 where there is none (any more)."""
    from msgraph.generated.users.item.user_item_request_builder import UserItemRequestBuilder as Builder

    parameters = Builder.UserItemRequestBuilderGetQueryParameters(select=SELECT)
    asked = RequestConfiguration(query_parameters=parameters)
    question = graph.build.users.by_user_id(object_id).to_get_request_information(asked)
    return read_account(await _one(graph, question, object_id))


async def deleted_account(graph: Graph, object_id: str) -> bool:
    """Whether an account is deleted but can still be restored."""
    from msgraph.generated.directory.deleted_items.item.directory_object_item_request_builder import (
        DirectoryObjectItemRequestBuilder as Builder,
    )

    parameters = Builder.DirectoryObjectItemRequestBuilderGetQueryParameters(select=["id"])
    asked = RequestConfiguration(query_parameters=parameters)
    item = graph.build.directory.deleted_items.by_directory_object_id(object_id)
    try:
        await _one(graph, item.to_get_request_information(asked), object_id)
    except GraphRefused as error:
        if error.status != HTTPStatus.NOT_FOUND:
            raise
        return False
    return True


async def changes(graph: Graph, object_ids: Iterable[str], link: str | None) -> Changes:
    """What became of at most 50 accounts. Raises `LinkExpired` where it takes a look without a link.

    The link remembers for whom it was made: for other people it takes another one. Of an account that is named more
    than once the last word counts, and a repeated one does no harm.
    """
    wanted = {object_id.casefold(): object_id for object_id in object_ids}
    if not 0 < len(wanted) <= WATCHED_AT_MOST:
        raise ValueError(f"{len(wanted)} accounts: a delta query is about 1 to {WATCHED_AT_MOST}")
    if link is not None and not is_own(graph, link):
        raise LinkExpired(0, "foreign_link")  # kept from before the address of Graph was changed
    question = _delta(graph, wanted.values()) if link is None else at(graph, link)
    try:
        listing = await read_list(graph, question, follower(graph, question))
    except GraphRefused as error:
        if error.status == HTTPStatus.GONE or error.code.casefold() in _RESYNC:
            expired = LinkExpired(error.status, error.code)
            expired.location = error.location
            raise expired from error
        raise
    next_time = text(json.loads(listing.raw[-1]), "@odata.deltaLink")
    if not is_own(graph, next_time):
        raise malformed()
    return _sum_up(listing.items, wanted, next_time)


def _sum_up(users: Iterable[Item], wanted: dict[str, str], link: str) -> Changes:
    accounts: dict[str, AccountChange] = {}
    removed: dict[str, str] = {}
    for user in users:
        object_id = wanted.get(text(user, "id").casefold())
        if object_id is None:
            continue
        if "@removed" in user:
            why = text(user, "@removed", "reason")
            if why not in {_RESTORABLE, _GONE}:
                raise malformed()
            accounts.pop(object_id, None)
            removed[object_id] = why
        else:
            removed.pop(object_id, None)
            change = _read_change(user, object_id)
            accounts[object_id] = accounts[object_id].updated_by(change) if object_id in accounts else change
    return Changes(
        accounts=tuple(accounts.values()),
        deleted=frozenset(object_id for object_id, why in removed.items() if why == _RESTORABLE),
        gone=frozenset(object_id for object_id, why in removed.items() if why == _GONE),
        link=link,
    )


def read_account(user: Item) -> Account:
    """A user as Graph writes it. Raises `GraphUnavailable` where something is missing that every account has."""
    name, enabled, guest = text(user, "userPrincipalName"), _enabled(user), _is_guest(user)
    if enabled is None or guest is None:
        raise malformed()
    return Account(
        object_id=text(user, "id"),
        name=optional_text(user, "displayName") or name,
        user_principal_name=name,
        mail=optional_text(user, "mail"),
        language=optional_text(user, "preferredLanguage"),
        enabled=enabled,
        is_guest=guest,
        aliases=_aliases(user),
    )


def _aliases(user: Item) -> tuple[str, ...]:
    found = user.get(_ALIASES) or []
    if not isinstance(found, list) or not all(isinstance(one, str) for one in found):
        raise malformed()
    return tuple(one[len(_BY_MAIL) :] for one in found if one.casefold().startswith(_BY_MAIL))


def _read_change(user: Item, object_id: str) -> AccountChange:
    return AccountChange(
        object_id=object_id,
        name=optional_text(user, "displayName"),
        user_principal_name=optional_text(user, "userPrincipalName"),
        mail=(optional_text(user, "mail") or "") if "mail" in user else None,
        language=(optional_text(user, "preferredLanguage") or "") if "preferredLanguage" in user else None,
        enabled=_enabled(user),
        is_guest=_is_guest(user),
    )


def _enabled(user: Item) -> bool | None:
    found = user.get("accountEnabled")
    if found is not None and not isinstance(found, bool):
        raise malformed()
    return found


def _is_guest(user: Item) -> bool | None:
    """Another organisation's account has `#EXT#` in its name here, also where it was made a member. Members from before
    there were guests have no type, which is not the same as an answer without it.
    """
    name, kind = optional_text(user, "userPrincipalName"), optional_text(user, "userType")
    if (kind or "").casefold() == "guest" or "#ext#" in (name or "").casefold():
        return True
    return False if name is not None and "userType" in user else None


async def _users(graph: Graph, condition: str) -> list[Account]:
    from msgraph.generated.users.users_request_builder import UsersRequestBuilder as Builder

    parameters = Builder.UsersRequestBuilderGetQueryParameters(select=[*SELECT, _ALIASES], filter=condition)
    question = graph.build.users.to_get_request_information(RequestConfiguration(query_parameters=parameters))
    listing = await read_list(graph, question, follower(graph, question))
    return [read_account(user) for user in listing.items]


def _delta(graph: Graph, object_ids: Iterable[str]) -> RequestInformation:
    from msgraph.generated.users.delta.delta_request_builder import DeltaRequestBuilder as Builder

    condition = " or ".join(f"id eq {literal(object_id)}" for object_id in object_ids)
    parameters = Builder.DeltaRequestBuilderGetQueryParameters(select=SELECT, filter=condition)
    asked = RequestConfiguration(query_parameters=parameters)
    question: RequestInformation = graph.build.users.delta.to_get_request_information(asked)
    return question


async def _one(graph: Graph, question: RequestInformation, object_id: str) -> Item:
    """One object. A 404 stays one only where Graph itself says that there is no such object."""
    try:
        found = (await read(graph, question)).body
    except GraphRefused as error:
        if error.status == HTTPStatus.NOT_FOUND and error.code.casefold() != _NO_SUCH_OBJECT:
            raise GraphUnavailable(error.status, error.code) from error
        raise
    if text(found, "id").casefold() != object_id.casefold():
        raise malformed()
    return found


def literal(value: Any) -> str:
    """A text as it stands in a condition: quotes inside are doubled."""
    return "'" + str(value).replace("'", "''") + "'"
