"""What Graph knows of people, as the product asks for it: the seam that tests replace. Network only, no database.

A single odd answer is not believed: that an account is disabled is asked once more, and that one is not there at all is
asked of the account itself and of the deleted ones.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Protocol

from contract.accounts import AccountState, DirectoryAccount
from graph.errors import AccessRefused, GraphRefused, LinkExpired

if TYPE_CHECKING:
    from graph.people import Account, AccountChange, Changes
    from graph.tenants import Tenants


class Directory(Protocol):
    """Questions about the people of a tenant. All raise GraphError."""

    async def find(self, tenant_id: str, address: str) -> tuple[Account, ...]:
        """The accounts with this address."""

    async def load(self, tenant_id: str, object_id: str) -> Account:
        """The account with this id."""

    async def changes(self, tenant_id: str, object_ids: Iterable[str], link: str | None) -> Changes:
        """What changed since the link, or everything."""

    async def is_deleted(self, tenant_id: str, object_id: str) -> bool:
        """Whether the account is among the deleted ones."""


@dataclass(frozen=True, slots=True)
class GraphDirectory:
    """Asks Microsoft Graph, with a token of the tenant that is asked about."""

    tenants: Tenants

    async def find(self, tenant_id: str, address: str) -> tuple[Account, ...]:
        """The accounts with this address."""
        from graph.people import find_account

        return await find_account(self.tenants.of(tenant_id), address)

    async def load(self, tenant_id: str, object_id: str) -> Account:
        """The account with this id."""
        from graph.people import load_account

        return await load_account(self.tenants.of(tenant_id), object_id)

    async def changes(self, tenant_id: str, object_ids: Iterable[str], link: str | None) -> Changes:
        """What changed since the link, or everything."""
        from graph.people import changes

        return await changes(self.tenants.of(tenant_id), object_ids, link)

    async def is_deleted(self, tenant_id: str, object_id: str) -> bool:
        """Whether the account is among the deleted ones."""
        from graph.people import deleted_account

        return await deleted_account(self.tenants.of(tenant_id), object_id)


@dataclass(frozen=True, slots=True)
class Look:
    """What one look at a customer's contacts showed, by object id: whole accounts, and who only changed."""

    seen: Mapping[str, Mapping[str, Any]]
    """What is known anew; what did not change is left out."""
    link: str


async def look_at(directory: Directory, tenant_id: str, object_ids: Iterable[str], link: str | None) -> Look:
    """Look once, with everything confirmed that takes something away from somebody. Raises GraphError."""
    wanted = list(object_ids)
    try:
        found = await directory.changes(tenant_id, wanted, link)
    except LinkExpired:
        link = None
        found = await directory.changes(tenant_id, wanted, None)
    seen: dict[str, Mapping[str, Any]] = {}
    for change in found.accounts:
        doubtful = change.enabled is False
        seen[change.object_id] = (
            await load_surely(directory, tenant_id, change.object_id) if doubtful else _said(change)
        )
    missing = found.deleted | found.gone
    if link is None:
        # A whole look leaves out who is not there.
        missing |= set(wanted) - {change.object_id for change in found.accounts}
    for object_id in sorted(missing):
        seen[object_id] = await load_surely(directory, tenant_id, object_id)
    return Look(seen, found.link)


async def load_surely(directory: Directory, tenant_id: str, object_id: str) -> Mapping[str, Any]:
    """What became of one account: the whole of it, or that it is deleted or gone. Raises GraphError."""
    try:
        return whole(await directory.load(tenant_id, object_id))
    except GraphRefused as error:
        if error.status != HTTPStatus.NOT_FOUND:
            raise
    is_deleted = await directory.is_deleted(tenant_id, object_id)
    return {"state": (AccountState.DELETED if is_deleted else AccountState.GONE).value}


def whole(account: Account) -> Mapping[str, Any]:
    """An account as it is kept with the errand until it is written down."""
    state = AccountState.ENABLED if account.enabled else AccountState.DISABLED
    return {
        "object_id": account.object_id,
        "name": account.name,
        "user_principal_name": account.user_principal_name,
        "mail": account.mail or "",
        "language": account.language or "",
        "is_guest": account.is_guest,
        "aliases": list(account.aliases),
        "state": state.value,
    }


def _said(change: AccountChange) -> Mapping[str, Any]:
    """What a delta says; what it does not name did not change."""
    said = {name: value for name, value in asdict(change).items() if value is not None and name != "enabled"}
    if change.enabled is not None:
        said["state"] = AccountState.ENABLED.value
    return said


def account_of(said: Mapping[str, Any], known: DirectoryAccount) -> DirectoryAccount:
    """The account as it is now: what was said, and what was known where nothing else was said."""
    # An address that is the name to sign in with moves along with that name.
    mail = None if known.mail == known.user_principal_name else known.mail
    return DirectoryAccount(
        object_id=known.object_id,
        name=said.get("name") or known.name,
        user_principal_name=said.get("user_principal_name") or known.user_principal_name,
        mail=(said["mail"] or None) if "mail" in said else mail,
        language=said.get("language") or None,
        is_guest=said.get("is_guest", known.is_guest),
        state=AccountState(said.get("state", known.state)),
    )


def found_account(said: Mapping[str, Any]) -> DirectoryAccount:
    """An account of which everything was said."""
    return DirectoryAccount(
        object_id=said["object_id"],
        name=said["name"],
        user_principal_name=said["user_principal_name"],
        mail=said["mail"] or None,
        language=said["language"] or None,
        is_guest=said["is_guest"],
        state=AccountState(said["state"]),
        aliases=tuple(said.get("aliases", ())),
    )


def is_refused(error: Exception) -> bool:
    """Whether somebody has to grant something before asking again helps."""
    return isinstance(error, AccessRefused) or (
        isinstance(error, GraphRefused) and error.status in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN)
    )
