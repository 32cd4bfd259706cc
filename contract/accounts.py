"""What the customer's directory says of a person, and what follows from it (R4, D15, D32).

Only an account that exists, is enabled, belongs to the customer and answers to the address that was typed can be a
contact. An account that is disabled, deleted or gone can act no more, at once; one that comes back is offered to the
provider and appoints itself to nothing. What a look-up that *failed* says is nothing at all: the last known state holds
for 24 hours, then the contact only reads, until the directory answers again.

    last good look Monday 10:00, failing since 10:15: everything is possible until Tuesday 10:00, then only reading.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

KNOWN_STATE_HOLDS = timedelta(hours=24)
"""How long the last good look is relied on while looking fails."""

BELIEVED_AFTER = timedelta(hours=1)
"""How long looking has to fail at least: where the product itself stood still for days, the first failed look is no
reason to lock anybody out.
"""


class AccountState(StrEnum):
    """What has become of an account (D32)."""

    ENABLED = "enabled"
    DISABLED = "disabled"
    DELETED = "deleted"
    """Can be restored within 30 days."""
    GONE = "gone"

    @property
    def may_act(self) -> bool:
        """Whether its owner may be a contact and act as one (R4)."""
        return self is AccountState.ENABLED


class WhyNot(StrEnum):
    """Why somebody is not appointed (R4)."""

    UNKNOWN_ADDRESS = "unknown_address"
    SEVERAL_ACCOUNTS = "several_accounts"
    GUEST = "guest"
    DISABLED = "disabled"
    DELETED = "deleted"
    TWO_CONTACTS = "two_contacts"
    ALREADY = "already"
    NO_ACCESS = "no_access"
    """The directory may not be read: nobody consented, or no longer."""
    DECLINED = "declined"

    @property
    def may_pass(self) -> bool:
        """Whether looking again may end otherwise."""
        return self not in (WhyNot.ALREADY, WhyNot.DECLINED)


class ChangeKind(StrEnum):
    """What changed about an account; kept, and never rewritten."""

    FOUND = "found"
    RENAMED = "renamed"
    ADDRESS = "address"
    DISABLED = "disabled"
    ENABLED = "enabled"
    DELETED = "deleted"
    RESTORED = "restored"
    GONE = "gone"
    GUEST = "guest"
    """It is another organisation's: found so, or made so."""
    MEMBER = "member"


@dataclass(frozen=True, slots=True)
class DirectoryAccount:
    """An account as the directory shows it. `language` is what its owner prefers there (`nl-NL`)."""

    object_id: str
    name: str
    user_principal_name: str
    mail: str | None
    language: str | None
    is_guest: bool
    state: AccountState
    aliases: tuple[str, ...] = ()
    """Further addresses for mail that the directory keeps for it, where they were asked for."""

    @property
    def address(self) -> str:
        """Where its owner is written to."""
        return self.mail or self.user_principal_name

    def answers_to(self, address: str) -> bool:
        """Whether the address is this account's, upper and lower case aside."""
        own = (self.user_principal_name, self.mail or "", *self.aliases)
        return address.strip().casefold() in {one.casefold() for one in own} - {""}


@dataclass(frozen=True, slots=True)
class AccountChange:
    """One thing that changed, with the value before and after where there is one."""

    kind: ChangeKind
    before: str | None = None
    after: str | None = None


def judge_found(found: Sequence[DirectoryAccount], address: str) -> DirectoryAccount | WhyNot:
    """Who of the accounts that a search for `address` found can become contact, or why nobody can (R4).

    What a search finds without being asked for (an address that only begins like it) does not count.
    """
    same = {account.object_id: account for account in found if account.answers_to(address)}
    if not same:
        return WhyNot.UNKNOWN_ADDRESS
    if len(same) > 1:
        return WhyNot.SEVERAL_ACCOUNTS
    (account,) = same.values()
    return judge_account(account)


def judge_account(account: DirectoryAccount) -> DirectoryAccount | WhyNot:
    """Whether the owner of this account can become contact (R4)."""
    if account.is_guest:
        return WhyNot.GUEST
    if account.state is AccountState.DISABLED:
        return WhyNot.DISABLED
    return account if account.state.may_act else WhyNot.DELETED


_BECAME = {
    AccountState.DISABLED: ChangeKind.DISABLED,
    AccountState.DELETED: ChangeKind.DELETED,
    AccountState.GONE: ChangeKind.GONE,
}


def changes_between(before: DirectoryAccount | None, after: DirectoryAccount) -> tuple[AccountChange, ...]:
    """What changed from one look to the next; the history keeps the name and the address of then (D32)."""
    if before is None:
        changes = [AccountChange(ChangeKind.FOUND, None, after.address)]
        if after.is_guest:
            changes.append(AccountChange(ChangeKind.GUEST))
        if not after.state.may_act:
            changes.append(AccountChange(_BECAME[after.state]))
        return tuple(changes)
    changes = []
    if before.name != after.name:
        changes.append(AccountChange(ChangeKind.RENAMED, before.name, after.name))
    if before.address != after.address:
        changes.append(AccountChange(ChangeKind.ADDRESS, before.address, after.address))
    if before.is_guest is not after.is_guest:
        changes.append(AccountChange(ChangeKind.GUEST if after.is_guest else ChangeKind.MEMBER))
    if before.state is not after.state:
        changes.append(AccountChange(_came_to_be(before.state, after.state)))
    return tuple(changes)


def _came_to_be(before: AccountState, after: AccountState) -> ChangeKind:
    if after.may_act:
        return ChangeKind.ENABLED if before is AccountState.DISABLED else ChangeKind.RESTORED
    return _BECAME[after]


def may_only_read(checked_at: datetime | None, failing_since: datetime | None, now: datetime) -> bool:
    """Whether a watched contact only reads: nobody knows any more who that is (R4, D15, D32).

    `checked_at` is the last good look, None where there was none: then it counts from the first failure.
    """
    if failing_since is None:
        return False
    known_until = (failing_since if checked_at is None else checked_at) + KNOWN_STATE_HOLDS
    return now >= known_until and now >= failing_since + BELIEVED_AFTER


def is_coming_back(removed_why: AccountState, state: AccountState) -> bool:
    """Whether somebody whose appointment ended with the account is offered to the provider again (D32)."""
    return not removed_why.may_act and state.may_act
