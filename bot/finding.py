"""Looking somebody up who is to become contact: who that is, whether they can be, and the appointment (R4, D32).

A directory that may not be read is a reason; one that does not answer is none: it is asked again, and the card says so.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy.orm import Session

from bot import contact_offers
from bot.directory import Directory, found_account, is_refused, load_surely, whole
from bot.outcomes import Done, End, Kind, Outcome, Work
from bot.turn import Policy
from cards.language import language_of_locale
from contract.accounts import (
    AccountState,
    DirectoryAccount,
    WhyNot,
    changes_between,
    judge_account,
    judge_found,
)
from contract.people import Customer
from graph.errors import GraphError, fault_of
from storage import contact_searches as searches
from storage.accounts import load_accounts, prefer_language, save_account
from storage.contact_searches import ContactSearch, SearchState
from storage.contacts import load_customer
from storage.database import Database
from storage.people import add_person, find_standing

LONGEST_S = 50.0


@dataclass(frozen=True, slots=True)
class FindKinds:
    """Looks up who is to become contact."""

    database: Database
    directory: Directory
    policy: Policy

    def kinds(self) -> tuple[Kind, ...]:
        """What delivery registers. Looking twice harms nobody."""
        return (
            Kind(contact_offers.FIND_CONTACT, self.find, partial(finish_find, policy=self.policy), is_limited=False),
        )

    async def find(self, work: Work) -> Outcome:
        """Ask the directory of the customer."""
        asked = await self.database.read(partial(_asked, search_id=work.payload["search"]))
        if asked is None:
            return Done()
        search, tenant_id = asked
        try:
            async with asyncio.timeout(LONGEST_S):
                return Done({"accounts": await self._ask(tenant_id, search)})
        except (GraphError, TimeoutError) as error:
            return Done({"refused" if is_refused(error) else "failed": fault_of(error)})

    async def _ask(self, tenant_id: str, search: ContactSearch) -> list[Mapping[str, Any]]:
        if search.object_id is not None:
            return [await load_surely(self.directory, tenant_id, search.object_id)]
        return [whole(account) for account in await self.directory.find(tenant_id, search.email)]


def _asked(session: Session, search_id: int) -> tuple[ContactSearch, str] | None:
    search = searches.load_search(session, search_id)
    if not search.state.is_open:
        return None
    return search, load_customer(session, search.customer_id).tenant_id


def finish_find(session: Session, work: Work, end: End, now: datetime, *, policy: Policy) -> None:
    """Write down what was found: appointed, refused with the reason, or asked again."""
    seen = searches.load_search(session, work.payload["search"])
    customer = load_customer(session, seen.customer_id, lock=True)
    search = searches.load_search(session, seen.id, lock=True)
    if not search.state.is_open:
        return
    result = (end.result if isinstance(end, Done) else None) or {"failed": "no answer"}
    if "failed" in result:
        contact_offers.ask_again(session, search, now)
        return
    found = WhyNot.NO_ACCESS if "refused" in result else _judge(search, result["accounts"])
    if not isinstance(found, WhyNot) and _is_staff(session, customer, found):
        found = WhyNot.GUEST
    if isinstance(found, WhyNot):
        contact_offers.end_search(session, search, SearchState.REFUSED, now, found)
        return
    person_id = _keep_person(session, customer, found, now, policy)
    if search.state is SearchState.PROPOSED:
        named = replace(search, person_id=person_id, object_id=found.object_id, email=found.address)
        searches.save_search(session, named)
        contact_offers.follow_search(session, named, now)
        return
    contact_offers.appoint_found(session, replace(search, object_id=found.object_id), person_id, now)


def _judge(search: ContactSearch, accounts: list[Mapping[str, Any]]) -> DirectoryAccount | WhyNot:
    if search.object_id is None:
        return judge_found([found_account(said) for said in accounts], search.email)
    (said,) = accounts
    if "object_id" not in said:
        return WhyNot.DELETED if said["state"] == AccountState.DELETED else WhyNot.UNKNOWN_ADDRESS
    return judge_account(found_account(said))


def _is_staff(session: Session, customer: Customer, account: DirectoryAccount) -> bool:
    """Whether this is one of the provider's own people in the customer's tenant, whatever kind of account it is."""
    standing = find_standing(session, customer.tenant_id, account.object_id)
    return standing is not None and (standing.guest_of is not None or standing.role.is_staff)


def _keep_person(session: Session, customer: Customer, account: DirectoryAccount, now: datetime, policy: Policy) -> int:
    """The person with this account, by tenant and object id; kept now where nobody knew them (D15)."""
    language = language_of_locale(account.language) if account.language else policy.default_language
    standing = find_standing(session, customer.tenant_id, account.object_id)
    if standing is None:
        person_id = add_person(
            session,
            tenant_id=customer.tenant_id,
            object_id=account.object_id,
            name=account.name,
            email=account.address,
            language=language,
            now=now,
        )
    else:
        person_id = standing.person.id
        if account.language:
            prefer_language(session, person_id, language)
    known = load_accounts(session, [person_id]).get(person_id)
    save_account(session, person_id, account, changes_between(known.account if known else None, account), now)
    return person_id
