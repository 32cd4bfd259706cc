"""A Microsoft partner's delegated admin relationships, as plain values that tests and the demo move along.

    partner = partner_of(provider)
    partner.approve(relationship_id, now)      as an administrator of the customer does
    partner.expire(relationship_id)            as time does
    partner.end(relationship_id)               as the customer does in the admin center

Every change gives the relationship a new etag.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from uuid import uuid4

from demo.graph.directory import Tenant, new_id

EXTENSION = timedelta(days=180)
_numbers = count(1)


def _etag() -> str:
    return f'W/"JyI{next(_numbers):08d}LTAwMDAi"'


@dataclass
class Assignment:
    """Roles that a security group has under a relationship."""

    group_id: str
    roles: list[str]
    created_at: datetime
    status: str = "pending"
    id: str = field(default_factory=new_id)
    etag: str = field(default_factory=_etag)


@dataclass
class Request:
    """Somebody wants a relationship locked or terminated."""

    action: str
    created_at: datetime
    status: str = "created"
    id: str = field(default_factory=new_id)


@dataclass
class Relationship:
    """A delegated admin relationship."""

    title: str
    days: int
    roles: list[str]
    created_at: datetime
    auto_extend: str = "PT0S"
    customer_tenant: str | None = None
    customer_name: str = ""
    status: str = "created"
    activated_at: datetime | None = None
    ends_at: datetime | None = None
    id: str = field(default_factory=lambda: f"{uuid4()}-{uuid4()}")
    etag: str = field(default_factory=_etag)
    assignments: list[Assignment] = field(default_factory=list)
    requests: list[Request] = field(default_factory=list)

    def move(self, status: str) -> None:
        """Another status, and with it another etag."""
        self.status, self.etag = status, _etag()


@dataclass
class Partner:
    """All relationships of a provider. `waits`: requests and assignments lie until `settle`, as they often do."""

    relationships: dict[str, Relationship] = field(default_factory=dict)
    is_provisioned: bool = True
    """Whether Microsoft's own app for this is in the tenant; without it nothing can be changed."""
    waits: bool = False

    def add(self, relationship: Relationship) -> Relationship:
        """One more."""
        self.relationships[relationship.id] = relationship
        return relationship

    # --- what Microsoft does ------------------------------------------------------------------------------------------

    def carry_out(self, relationship: Relationship, request: Request) -> None:
        """Do what was requested, at once or when things settle."""
        relationship.requests.append(request)
        if not self.waits:
            self._do(relationship, request)

    def settle(self) -> None:
        """Do everything that was left lying."""
        for relationship in self.relationships.values():
            for request in relationship.requests:
                if request.status == "created":
                    self._do(relationship, request)
            for assignment in relationship.assignments:
                if assignment.status in ("pending", "deleting"):
                    self.assigned(relationship, assignment)

    def assigned(self, relationship: Relationship, assignment: Assignment) -> None:
        """An assignment took effect, or is gone."""
        assignment.status = "active" if assignment.status == "pending" else "deleted"
        assignment.etag = _etag()
        relationship.etag = _etag()

    def _do(self, relationship: Relationship, request: Request) -> None:
        request.status = "succeeded"
        relationship.move("approvalPending" if request.action == "lockForApproval" else "terminating")
        if request.action == "terminate":
            self._take_down(relationship, "terminated")

    def _take_down(self, relationship: Relationship, status: str) -> None:
        for assignment in relationship.assignments:
            assignment.status, assignment.etag = "deleted", _etag()
        relationship.move(status)

    # --- what the customer does, and time -----------------------------------------------------------------------------

    def approve(self, relationship_id: str, at: datetime, *, until: str = "active") -> Relationship:
        """An administrator of the customer approves; `until` stops at `approved` or `activating`, as it does for
        minutes.
        """
        found = self.relationships[relationship_id]
        if found.status not in ("approvalPending", "approved", "activating"):
            raise ValueError(found.status)
        found.move(until)
        if until == "active":
            found.activated_at, found.ends_at = at, at + timedelta(days=found.days)
        return found

    def extend(self, relationship_id: str) -> Relationship:
        """The automatic extension at the end: half a year more, under the same id."""
        found = self.relationships[relationship_id]
        if found.ends_at is None or found.auto_extend != "P180D":
            raise ValueError(found.auto_extend)
        found.ends_at += EXTENSION
        found.move("active")
        return found

    def pass_end(self, relationship_id: str) -> Relationship:
        """The end has passed, and access is being taken down."""
        found = self.relationships[relationship_id]
        found.move("expiring")
        for assignment in found.assignments:
            assignment.status, assignment.etag = "deleting", _etag()
        return found

    def expire(self, relationship_id: str) -> Relationship:
        """The end has passed, and nothing is left."""
        found = self.relationships[relationship_id]
        self._take_down(found, "expired")
        return found

    def end(self, relationship_id: str, *, at: datetime | None = None, status: str = "terminated") -> Relationship:
        """The customer ends it before its time; `status` stops at `terminationRequested` or `terminating`."""
        found = self.relationships[relationship_id]
        if at is not None:
            found.ends_at = at
        if status == "terminated":
            self._take_down(found, status)
        else:
            found.move(status)
        return found


def partner_of(tenant: Tenant) -> Partner:
    """The relationships of a provider, kept in its own tenant."""
    found: Partner = tenant.kept.setdefault("partner", Partner())
    return found
