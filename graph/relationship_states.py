"""In which states a delegated admin relationship and its parts can be, and what can be asked for (R25)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Self

from contract.permissions import GLOBAL_ADMINISTRATOR, LONGEST_DAYS


class Evolving(StrEnum):
    """States that Microsoft may add to: one that is not known here is `OTHER`, from which nothing is concluded."""

    @classmethod
    def _missing_(cls, _value: object) -> Self:
        return cls("unknownFutureValue")


class Status(Evolving):
    """Where a relationship stands, as Microsoft says it."""

    CREATED = "created"
    APPROVAL_PENDING = "approvalPending"
    APPROVED = "approved"
    ACTIVATING = "activating"
    ACTIVE = "active"
    EXPIRING = "expiring"
    """It has passed its end."""
    EXPIRED = "expired"
    TERMINATION_REQUESTED = "terminationRequested"
    TERMINATING = "terminating"
    TERMINATED = "terminated"
    OTHER = "unknownFutureValue"

    @property
    def is_active(self) -> bool:
        """Whether assignments of it give access."""
        return self is Status.ACTIVE

    @property
    def awaits_approval(self) -> bool:
        """Whether it can still become active."""
        return self in (Status.CREATED, Status.APPROVAL_PENDING, Status.APPROVED, Status.ACTIVATING)

    @property
    def has_expired(self) -> bool:
        """Whether its time is over."""
        return self in (Status.EXPIRING, Status.EXPIRED)

    @property
    def was_ended(self) -> bool:
        """Whether somebody ended it before its time."""
        return self in (Status.TERMINATION_REQUESTED, Status.TERMINATING, Status.TERMINATED)


class AssignmentStatus(Evolving):
    """Where an assignment stands; only an active one gives its group access."""

    PENDING = "pending"
    ACTIVE = "active"
    DELETING = "deleting"
    DELETED = "deleted"
    ERROR = "error"
    OTHER = "unknownFutureValue"

    @property
    def stands(self) -> bool:
        """Whether its group has access, or is about to."""
        return self in (AssignmentStatus.PENDING, AssignmentStatus.ACTIVE)


class RequestStatus(Evolving):
    """What became of a request to lock or to terminate."""

    CREATED = "created"
    PENDING = "pending"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    OTHER = "unknownFutureValue"


class BadTemplate(ValueError):
    """Microsoft would refuse a relationship with this."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """What is asked of a customer: ids of Entra's roles, for how many days, and whether it extends itself.

    Raises `BadTemplate` with what Microsoft does not take.
    """

    roles: tuple[str, ...]
    days: int
    extends: bool = False

    def __post_init__(self) -> None:
        if not self.roles or len(set(self.roles)) != len(self.roles):
            raise BadTemplate("name each role once, and at least one")
        if not 1 <= self.days <= LONGEST_DAYS:
            raise BadTemplate(f"a relationship lasts from 1 to {LONGEST_DAYS} days")
        if self.extends and GLOBAL_ADMINISTRATOR in {role.lower() for role in self.roles}:
            raise BadTemplate("a relationship with Global Administrator cannot extend itself")
