"""What is asked of Graph about consents, in the background: verify, create, look, compare, end (R25).

A look never waits for a better moment: that there was no answer is written down, and the next look comes by schedule.
Only what is done once, creating a relationship and ending something, is tried again by delivery.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy.orm import Session

from bot import consent_news, consent_verifying, ledger
from bot.consent_checks import COMPARE_RELATIONSHIPS, keep, request_over
from bot.consent_ends import END_GRANT, ended
from bot.consent_findings import app_answer, relationship_answer
from bot.consent_graph import ConsentGraph, looks, may_pass
from bot.consent_looks import CHECK_APP, CHECK_RELATIONSHIPS
from bot.consent_requests import CREATE_RELATIONSHIP, send
from bot.consent_verifying import VERIFY_CONSENT
from bot.errands import ask_graph
from bot.outcomes import Dead, Done, End, Kind, Later, Outcome, Work, result_of
from bot.turn import Policy
from cards.consent_news import News
from contract.consent_requests import DECLINED, ConsentRequest, RequestState
from contract.consents import Grant, GrantState, Mechanism, NoFinding
from contract.ledger import EntryKind
from contract.people import Customer
from graph.errors import GraphError, fault_of
from storage.consent_requests import load_request, request_of_grant, set_outcome, set_request_grant
from storage.contacts import find_customer, load_customer
from storage.database import Database
from storage.errors import NotFound
from storage.grants import find_grant, load_grant, set_grant

LOOK_WITHIN_S = 45.0
"""All relationships of one errand: less than delivery allows, so that a slow answer is written down as none."""
LONGEST_NAME = 30


@dataclass(frozen=True, slots=True)
class ConsentKinds:
    """Asks Graph about consents."""

    database: Database
    graph: ConsentGraph
    policy: Policy

    def kinds(self) -> tuple[Kind, ...]:
        """What delivery registers. Everything here can be done twice without harm."""
        verifying = consent_verifying.Verifying(self.database, self.graph, self.policy)
        return (
            Kind(VERIFY_CONSENT, verifying.verify, verifying.finish, is_limited=False),
            Kind(CREATE_RELATIONSHIP, self.create, self.created, is_limited=False),
            Kind(CHECK_APP, self.check_app, self.checked_app, is_limited=False),
            Kind(CHECK_RELATIONSHIPS, self.check_relationships, self.checked_relationships, is_limited=False),
            Kind(COMPARE_RELATIONSHIPS, self.compare, self.compared, is_limited=False),
            Kind(END_GRANT, self.end, self.finish_end, is_limited=False),
        )

    # --- asking for a relationship ------------------------------------------------------------------------------------

    async def create(self, work: Work) -> Outcome:
        """Create and lock the relationship of a request, under a title by which it is found again."""
        request, customer = await self.database.read(partial(_asked, request_id=work.payload["request"]))
        if request.state(request.asked_at) is not RequestState.OPEN:
            return Done()
        title = f"{customer.name[:LONGEST_NAME].strip()} {request.id}"
        try:
            made = await self.graph.create(
                self.policy.provider.tenant_id, self.policy.access, title, (customer.tenant_id, customer.name)
            )
        except ValueError as error:
            return Done({"refused": type(error).__name__})
        except GraphError as error:
            return Later(fault_of(error)) if may_pass(error) else Done({"refused": fault_of(error)})
        return Done({"made": made})

    def created(self, session: Session, work: Work, end: End, now: datetime) -> None:
        """The relationship waits for the customer: both contacts and the administrator get its link."""
        request = load_request(session, work.payload["request"])
        result = result_of(end)
        if made := result.get("made"):
            finding = relationship_answer(made, self.policy.access, now)
            change = keep(session, self.policy, request.customer_id, Mechanism.GDAP, made["id"], finding, now)
            set_grant(session, change.after.id, asked_by=request.asked_by, asked_at=request.asked_at)
            set_request_grant(session, request.id, change.after.id)
            send(session, request.id, now)
            return
        code = str(result.get("refused") or (end.error if isinstance(end, Dead) else ""))
        if not code:
            return
        set_outcome(session, request.id, f"{DECLINED}{code}")
        details = {"request": request.id, "code": code}
        ledger.note(session, self.policy, request.customer_id, EntryKind.DECLINED, now, details=details)
        once = f"request:{request.id}:refused"
        consent_news.tell(
            session,
            request.customer_id,
            Mechanism.GDAP,
            News.NOT_CREATED,
            now,
            once=once,
            code=code,
            request=request.id,
        )

    # --- looking ------------------------------------------------------------------------------------------------------

    async def check_app(self, work: Work) -> Outcome:
        """One token of the customer's tenant; where it is due also what stands behind it."""
        grant, tenant_id = await self.database.read(partial(_source, grant_id=work.payload["grant"]))
        result: dict[str, Any] = {}
        try:
            result["roles"] = sorted(await self.graph.roles(tenant_id))
            if work.payload["compare"]:
                result["facts"] = await self.graph.app_facts(tenant_id, grant.source_id)
                result["compared"] = True
        except GraphError as error:
            result["error"] = fault_of(error)
        return Done(result)

    def checked_app(self, session: Session, work: Work, end: End, now: datetime) -> None:
        """Write down what the token said."""
        grant = load_grant(session, work.payload["grant"])
        result = result_of(end)
        finding = app_answer(result, grant)
        compared = bool(result.get("compared"))
        keep(session, self.policy, grant.customer_id, grant.mechanism, grant.source_id, finding, now, compared=compared)

    async def check_relationships(self, work: Work) -> Outcome:
        """A batch of relationships, side by side."""
        wanted = await self.database.read(partial(self._wanted, payload=work.payload))
        found = await looks(self.graph, self.policy.provider.tenant_id, [one[1:] for one in wanted], LOOK_WITHIN_S)
        return Done({"looks": [[one[0], one[1], answer] for one, answer in zip(wanted, found, strict=True)]})

    def _wanted(self, session: Session, payload: Mapping[str, Any]) -> list[tuple[int, str, str | None]]:
        """Customer, relationship, and the group to assign where we asked for it and it was never in force."""
        wanted: list[tuple[int, str, str | None]] = []
        for grant_id in payload.get("grants", ()):
            try:
                grant = load_grant(session, grant_id)
            except NotFound:
                continue
            is_ours = grant.known_state is GrantState.REQUESTED and request_of_grant(session, grant.id) is not None
            group = self.policy.access.group_id if is_ours and grant.valid_from is None else None
            wanted.append((grant.customer_id, grant.source_id, group))
        return [*wanted, *((customer, source, None) for customer, source in payload.get("unknown", ()))]

    def checked_relationships(self, session: Session, work: Work, end: End, now: datetime) -> None:
        """Write down what each look found; a look that was lost altogether is no answer for all of them."""
        found = result_of(end).get("looks")
        if found is None:
            wanted = self._wanted(session, work.payload)
            found = [[customer, source, {"error": "no answer"}] for customer, source, _ in wanted]
        # In one order everywhere: two such errands must not wait crosswise.
        for customer_id, source_id, answer in sorted(found, key=lambda one: (one[0], one[1])):
            finding = relationship_answer(answer, self.policy.access, now)
            tenant_id = load_customer(session, customer_id).tenant_id
            if answer.get("tenant") and answer["tenant"].lower() != tenant_id.lower():
                # Whatever it allows, it allows it somewhere else.
                finding = NoFinding("other tenant")
            known = find_grant(session, customer_id, Mechanism.GDAP, source_id)
            if known is None and isinstance(finding, NoFinding):
                continue
            if known is not None:
                finding = request_over(session, known, finding, now)
            keep(session, self.policy, customer_id, Mechanism.GDAP, source_id, finding, now)

    async def compare(self, work: Work) -> Outcome:
        """List all relationships of the provider."""
        try:
            return Done({"all": await self.graph.all_relationships(self.policy.provider.tenant_id)})
        except GraphError as error:
            return Done({"error": fault_of(error)})

    def compared(self, session: Session, work: Work, end: End, now: datetime) -> None:
        """Look at those that go on with a customer of ours and that nobody recorded."""
        unknown: list[tuple[int, str]] = []
        for one in result_of(end).get("all", ()):
            customer = find_customer(session, one["tenant"]) if one["tenant"] else None
            if customer is None or one["status"] in ("created", "terminated", "expired", "terminating"):
                continue
            if find_grant(session, customer.id, Mechanism.GDAP, one["id"]) is None:
                unknown.append((customer.id, one["id"]))
        if unknown:
            payload = {"unknown": unknown}
            ask_graph(session, self.policy.provider.tenant_id, CHECK_RELATIONSHIPS, payload, now)

    # --- ending -------------------------------------------------------------------------------------------------------

    async def end(self, work: Work) -> Outcome:
        """Take it away, where we may."""
        grant, tenant_id = await self.database.read(partial(_source, grant_id=work.payload["grant"]))
        try:
            if grant.mechanism is Mechanism.APP:
                await self.graph.revoke_app(tenant_id, grant.source_id)
            else:
                await self.graph.terminate(self.policy.provider.tenant_id, grant.source_id)
        except GraphError as error:
            return Later(fault_of(error)) if may_pass(error) else Done({"refused": fault_of(error)})
        return Done()

    def finish_end(self, session: Session, work: Work, end: End, now: datetime) -> None:
        """Look whether it is gone; where we may not, or got no answer, a person has to do it."""
        refused = result_of(end).get("refused") if isinstance(end, Done) else "no answer"
        ended(session, self.policy, work.payload["grant"], refused, now)


def _asked(session: Session, request_id: int) -> tuple[ConsentRequest, Customer]:
    request = load_request(session, request_id)
    return request, load_customer(session, request.customer_id)


def _source(session: Session, grant_id: int) -> tuple[Grant, str]:
    grant = load_grant(session, grant_id)
    return grant, load_customer(session, grant.customer_id).tenant_id
