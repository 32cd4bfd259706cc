"""What was agreed with a customer: the acts themselves, the same from chat and from the command line (R6-R8, R25-R29).

Each is one function of a session. What the contract forbids is raised as its Refusal, what is wrong with the record
itself as `NotKept`. Recording the same thing again changes nothing. A contract that is signed, renewed or cancelled is
told to both sides, with the days that it runs; the cards of open tickets follow.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from enum import Enum, auto

from sqlalchemy.orm import Session

from bot import announcements
from bot.contract_ends import contracts_changed
from bot.credits import note_ended
from bot.invoice_months import contract_kept
from bot.recorded_consents import adopt, revoke
from bot.remote_sessions import access_changed
from bot.turn import Policy
from contract.contracts import Addendum, Contract, cancel, check_term
from contract.local_time import DAY, day_start, local
from contract.people import Person
from contract.periods import Cancellation, Side, starts_after_signing, year_end
from contract.renewals import renewal_number, renewing
from storage import contracts
from storage.contacts import load_customer
from storage.customers import open_ticket_numbers
from storage.signatures import Signature, keep_cancellation, keep_document, keep_signature


class Reason(Enum):
    """Why something was not recorded."""

    MISSING = auto()  # something that is needed was not given
    NUMBER_TAKEN = auto()  # another contract has this number
    NO_TERM = auto()  # no contract has all days of the addendum
    ENDS_FIRST = auto()  # the last day lies before the first
    YEAR_BEGAN = auto()  # a list that holds is not changed during its year (R29)
    INVOICED = auto()  # a list by which something was invoiced is never changed (R29, D10)
    AGREED = auto()  # a customer signed by these prices in chat (R29)
    AMOUNT = auto()  # an amount can not be read
    FUTURE = auto()  # it is said to have happened later than now
    NO_CONTRACT = auto()  # there is no contract to cancel or to renew
    WHICH_CONTRACT = auto()  # there are several, and none was named
    RENEWED = auto()  # the contract that was named has been renewed


class NotKept(Exception):
    """It was not recorded, and why."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason)
        self.reason = reason


# --- contracts --------------------------------------------------------------------------------------------------------


def sign_contract(
    session: Session,
    customer_id: int,
    now: datetime,
    *,
    number: str,
    signed_at: datetime | None,
    signatory: str,
    document: tuple[str, bytes] | None = None,
    person_id: int | None = None,
    activity_id: str | None = None,
    recorded_by: int | None = None,
    starts_on: date | None = None,
    ends_on: date | None = None,
) -> Contract:
    """Keep a contract with its last signature; left out, its days are the next possible ones (R27, R28, D16, D17).

    `document` is the signed paper, name and bytes; `person_id` and `activity_id` are of who signed by a click,
    `recorded_by` of who wrote down a signature on paper. Raises a TermRefusal, NotKept.
    """
    load_customer(session, customer_id, lock=True)
    number, signatory = number.strip(), signatory.strip()
    if not number or not signatory or signed_at is None:
        raise NotKept(Reason.MISSING)
    if signed_at > now:
        raise NotKept(Reason.FUTURE)
    known = contracts.load_contracts(session, customer_id)
    same = contracts.find_contract(session, number)
    if same is not None:
        asked_days = (starts_on or same.starts_on, ends_on or same.agreed_ends_on or same.ends_on)
        days = (same.starts_on, same.agreed_ends_on or same.ends_on)
        if (same.customer_id, same.signed_at, days) == (customer_id, signed_at, asked_days):
            return same
        raise NotKept(Reason.NUMBER_TAKEN)
    first = starts_on or starts_after_signing(signed_at, last_day(known))
    asked = Contract(
        id=0,
        customer_id=customer_id,
        number=number,
        signed_at=signed_at,
        starts_on=first,
        ends_on=ends_on or year_end(first),
    )
    check_term(asked, known)
    contract_id = contracts.add_contract(
        session,
        customer_id,
        number=number,
        signed_at=signed_at,
        starts_on=asked.starts_on,
        ends_on=asked.ends_on,
    )
    keep_signature(
        session,
        Signature(
            contract_id=contract_id,
            signatory=signatory,
            person_id=person_id,
            document_name=document[0] if document else None,
            document_sha256=keep_document(session, document[1]) if document else None,
            activity_id=activity_id,
            recorded_by=recorded_by,
            recorded_at=now,
        ),
    )
    announcements.contract_changed(session, contract_id, customer_id, now, by=recorded_by or person_id)
    contracts_changed(session, customer_id, now)
    follow_tickets(session, customer_id, now)
    kept = contracts.load_contract(session, contract_id)
    contract_kept(session, kept, now)
    return kept


def renew_contract(
    session: Session,
    customer_id: int,
    now: datetime,
    *,
    signed_at: datetime | None,
    signatory: str,
    number: str = "",
    renews: str | None = None,
    document: tuple[str, bytes] | None = None,
    person_id: int | None = None,
    activity_id: str | None = None,
    recorded_by: int | None = None,
) -> Contract:
    """Keep the renewal of a contract: a contract of its own, from the day after it at the earliest (D17).

    `renews` is the number of the contract that it follows; left out, the one that ran last when this one was signed.
    Raises as `sign_contract` does, and NotKept where that contract has been renewed already.
    """
    load_customer(session, customer_id, lock=True)
    known = contracts.load_contracts(session, customer_id)
    real = [contract for contract in known if not contract.never_starts]
    day = local(signed_at or now).date()
    begun = [one for one in real if (one.number == renews if renews else one.starts_on <= day)] or real[:1]
    if not begun or (renews and begun[-1].number != renews):
        raise NotKept(Reason.NO_CONTRACT)
    before = begun[-1]
    after = renewing(before, known)
    if after is not None:
        if after.signed_at == signed_at and after.signatory == signatory.strip():
            return after
        raise NotKept(Reason.RENEWED)
    first = starts_after_signing(signed_at or now, before.ends_on)
    wanted = renewal_number(before.number, first)
    return sign_contract(
        session,
        customer_id,
        now,
        number=number.strip() or renewal_number(before.number, first, contracts.numbers_from(session, wanted)),
        signed_at=signed_at,
        signatory=signatory,
        document=document,
        person_id=person_id,
        activity_id=activity_id,
        recorded_by=recorded_by,
        starts_on=first,
    )


def cancel_contract(
    session: Session,
    customer_id: int,
    now: datetime,
    *,
    received_at: datetime,
    requested_end: date | None = None,
    by: Side = Side.CUSTOMER,
    number: str | None = None,
    recorded_by: int | None = None,
) -> Contract:
    """Keep a cancellation of the contract with this number, or of the only one there is to cancel (R8, D18).

    Raises a CancellationRefusal, NotKept.
    """
    load_customer(session, customer_id, lock=True)
    if received_at > now:
        raise NotKept(Reason.FUTURE)
    contract = contract_to_cancel(contracts.load_contracts(session, customer_id), received_at, number)
    asked = Cancellation(received_at=received_at, requested_end=requested_end, by=by)
    if contract.cancellation == asked:
        return contract
    after = cancel(contract, asked)
    keep_cancellation(session, after, recorded_by=recorded_by, now=now)
    announcements.contract_changed(session, contract.id, customer_id, now, by=recorded_by)
    contracts_changed(session, customer_id, now)
    follow_tickets(session, customer_id, now)
    note_ended(session, contract.id, now)
    return after


def contract_to_cancel(known: Sequence[Contract], received_at: datetime, number: str | None = None) -> Contract:
    """The contract with this number, else the only one that runs or is still to start then. Raises NotKept."""
    if number is not None:
        found = [contract for contract in known if contract.number == number]
    else:
        day = local(received_at).date()
        found = [contract for contract in known if contract.ends_on >= day] or list(known[-1:])
    if not found:
        raise NotKept(Reason.NO_CONTRACT)
    if len(found) > 1:
        raise NotKept(Reason.WHICH_CONTRACT)
    return found[0]


def last_day(known: Sequence[Contract]) -> date | None:
    """The last day of all contracts that start; None where there is none."""
    return max((contract.ends_on for contract in known if not contract.never_starts), default=None)


def keep_addendum(session: Session, customer_id: int, addendum: Addendum, now: datetime) -> Contract:
    """Keep an addendum with the contract whose days it is about; returns the contract (R26, D25). Raises NotKept."""
    load_customer(session, customer_id, lock=True)
    if addendum.ends_on < addendum.starts_on:
        raise NotKept(Reason.ENDS_FIRST)
    if addendum.signed_on > local(now).date():
        raise NotKept(Reason.FUTURE)
    for contract in contracts.load_contracts(session, customer_id):
        if contract.starts_on <= addendum.starts_on and addendum.ends_on <= contract.ends_on:
            if addendum not in contract.on_site_addenda:
                contracts.add_addendum(session, contract.id, addendum)
            return contracts.load_contract(session, contract.id)
    raise NotKept(Reason.NO_TERM)


def keep_consent(
    session: Session,
    customer_id: int,
    now: datetime,
    *,
    document: str,
    recorded_by: int | None,
    first: date,
    last: date | None,
    policy: Policy,
    given_by: str | None = None,
) -> None:
    """Record a consent to remote access from the first through the last day (R25). Raises NotKept."""
    load_customer(session, customer_id, lock=True)
    if last is not None and last < first:
        raise NotKept(Reason.ENDS_FIRST)
    valid_from, valid_until = day_start(first), day_start(last + DAY) if last else None
    for consent in contracts.load_consents(session, customer_id):
        same = (consent.document, consent.valid_from, consent.valid_until) == (document, valid_from, valid_until)
        if same and consent.revoked_at is None:
            return
    contracts.add_consent(
        session,
        customer_id,
        document=document,
        recorded_by=recorded_by,
        valid_from=valid_from,
        valid_until=valid_until,
        now=now,
    )
    adopt(session, policy, customer_id, now, given_by=given_by, is_new=True)
    follow_tickets(session, customer_id, now)


def withdraw_consent(
    session: Session, customer_id: int, now: datetime, *, policy: Policy, by: Person | None = None
) -> int:
    """End every recorded consent now (R25); returns how many there were. Other sources go on."""
    load_customer(session, customer_id, lock=True)
    adopt(session, policy, customer_id, now)
    if ended := contracts.revoke_consents(session, customer_id, now):
        revoke(session, policy, customer_id, now, by=by)
        access_changed(session, policy, customer_id, now)
        follow_tickets(session, customer_id, now)
    return ended


def follow_tickets(session: Session, customer_id: int, now: datetime) -> None:
    """The cards of open tickets say what they wait for, and what the work costs; that of access follows too."""
    announcements.follow(session, announcements.access_subject(customer_id), now)
    for number in open_ticket_numbers(session, customer_id):
        announcements.follow(session, announcements.ticket_subject(number), now)
