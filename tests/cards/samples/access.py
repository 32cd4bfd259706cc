"""Samples of remote access: the card, its forms and files, and a ticket that waits or has somebody in."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from cards.access import AccessSheet, AdministratorLine, Forwarding, access_card
from cards.access_history import SessionPage, session_file_card
from cards.administrator_forms import administrator_form, own_mail_card
from cards.clicks.access import KeepAdministrator, MarkForwarded, WithdrawAccess
from cards.components import Card
from cards.ticket_access import AccessWait, TicketAccess
from cards.tickets import TicketSheet, ticket_card
from cards.withdrawals import lift_withdrawal_card, withdraw_access_card
from contract.consents import AccessSpan, Grant, GrantState, Mechanism, Permission
from contract.moves import moves
from contract.people import Language, Role
from contract.remote_sessions import EndedWhy, RemoteSession
from contract.tickets import Wait
from contract.withdrawals import Withdrawal
from tests.cards.samples import sample
from tests.cards.samples.customers import CUSTOMER
from tests.cards.samples.tickets import BUSY, NOW

URL = "https://support.example.org/consent/eyJhbGciOiJIUzI1NiJ9.eyJhdWQiOiJjb25zZW50In0.c2lnbmF0dXJl"
ROLES = (
    Permission("29232cdf-9323-42fd-ade2-1d097af3e4de", "Exchange Administrator"),
    Permission("729827e3-9c14-49f7-bb1b-9608f156bbb8", "Helpdesk Administrator"),
)
GDAP = Grant(
    id=1,
    customer_id=12,
    mechanism=Mechanism.GDAP,
    source_id="5e5594d3",
    title="Four Star Support",
    state=GrantState.ACTIVE,
    known_state=GrantState.ACTIVE,
    scope=ROLES,
    valid_from=NOW - timedelta(days=80),
    valid_until=NOW + timedelta(days=220),
    approved_by="Ton Beheer <ton@brood.example>",
    checked_at=NOW - timedelta(minutes=20),
    created_at=NOW - timedelta(days=80),
)
APP = replace(
    GDAP,
    id=2,
    mechanism=Mechanism.APP,
    title="",
    scope=(Permission("df021288-bdef-4463-88db-98f22de89214", "User.Read.All"),),
    valid_until=None,
)
SPAN = AccessSpan(mechanism=Mechanism.GDAP, begins_at=NOW - timedelta(days=80), ends_at=None, scope=ROLES)


def _was_in(hours: int, minutes: int, why: EndedWhy | None, **fields: object) -> RemoteSession:
    began: datetime = NOW - timedelta(hours=hours)
    made = {
        "id": hours,
        "customer_id": 12,
        "ticket_number": 1001,
        "engineer_id": 5,
        "engineer_name": "Eva [Engineer]",
        "started_at": began,
        "ended_at": began + timedelta(minutes=minutes) if why is not None else None,
        "ended_why": why,
        "mechanism": Mechanism.GDAP,
        "scope": ROLES,
        **fields,
    }
    return RemoteSession(**made)  # type: ignore[arg-type]  # a sample's values


RUNNING = _was_in(1, 0, None)
HISTORY = SessionPage(
    sessions=(
        RUNNING,
        _was_in(30, 45, EndedWhy.BY_ENGINEER, ticket_number=1002, engineer_name="Finn Fixer"),
        _was_in(70, 720, EndedWhy.TOO_LONG),
        _was_in(100, 12, EndedWhy.CLOSED, is_carried=True),
        _was_in(200, 31, EndedWhy.EXPIRED, mechanism=Mechanism.MANUAL),
        _was_in(300, 5, EndedWhy.WITHDRAWN),
    ),
    subjects={1001: "Outlook *toont* geen nieuwe mail sinds vanochtend", 1002: "Postvak van Piet verhuizen"},
    page=1,
    pages=3,
)
TON = AdministratorLine(name="Ton Beheer", email="ton@brood.example", language=Language.EN)
FORWARDING = Forwarding(consent_request=3, url=URL, may_forward=True)
WITHDRAWAL = Withdrawal(
    id=1,
    customer_id=12,
    withdrawn_by=1,
    withdrawn_by_name="Anna *de Vries*",
    withdrawn_at=NOW - timedelta(hours=2),
    reason="Er is een beveiligingsincident [#12]; eerst uitzoeken.",
)
SHEET = AccessSheet(
    customer_id=12,
    customer_name=CUSTOMER.name,
    is_staff=False,
    is_manager=False,
    covering=SPAN,
    grants=(GDAP, APP),
    administrator=TON,
    history=HISTORY,
    now=NOW,
)
WAIT = AccessWait(
    since=NOW - timedelta(hours=5),
    is_asked=True,
    administrator="Ton Beheer",
    forwarded_by="Anna de Vries",
    forwarded_at=NOW - timedelta(hours=3),
)
MISSING = replace(SHEET, covering=None, grants=(), forwarding=FORWARDING, wait=replace(WAIT, forwarded_at=None))
UNKNOWN = replace(GDAP, state=GrantState.UNKNOWN, failing_since=NOW - timedelta(hours=2), error="503")
SHEETS = {
    "given": SHEET,
    "given, last page": replace(SHEET, history=replace(HISTORY, page=3)),
    "given, nobody was in": replace(
        SHEET, history=SessionPage(subjects={}), administrator=None, grants=(replace(GDAP, state=GrantState.EXPIRING),)
    ),
    "by what is known last": replace(SHEET, covering=replace(SPAN, is_carried=True), grants=(UNKNOWN,)),
    "asked, nobody named": replace(MISSING, administrator=None, wait=replace(WAIT, administrator=None)),
    "asked, administrator named": MISSING,
    "forwarded": replace(MISSING, wait=WAIT, forwarding=replace(FORWARDING, may_forward=False)),
    "being prepared": replace(MISSING, forwarding=replace(FORWARDING, url=None)),
    "not asked": replace(MISSING, forwarding=None, administrator=None, wait=AccessWait(since=NOW)),
    "withdrawn": replace(SHEET, covering=None, withdrawal=WITHDRAWAL, wait=AccessWait(since=NOW, withdrawn_by="Anna")),
    "as an engineer sees it": replace(SHEET, is_staff=True),
    "as a manager sees it": replace(SHEET, is_staff=True, is_manager=True),
    "as a manager sees what is missing": replace(
        MISSING, is_staff=True, is_manager=True, administrator=None, wait=AccessWait(since=NOW)
    ),
}
FORM = "access-form-1"
FILLED = KeepAdministrator(
    form_id=FORM, consent_request=3, administrator="Ton Beheer", address="ton@brood.example", reads=Language.EN
)
WAITING = replace(
    BUSY,
    waits=(Wait.ACCESS,),
    access=TicketAccess(wait=WAIT),
    moves=moves(BUSY.ticket, Role.CONTACT, 1, NOW),
)
STAFF = moves(BUSY.ticket, Role.ENGINEER, 5, NOW)
TICKETS: dict[str, tuple[TicketSheet, bool]] = {
    "waits for access, forwarded": (WAITING, False),
    "waits for access, not asked": (replace(WAITING, access=TicketAccess(wait=AccessWait(since=NOW))), False),
    "waits for access, mailed by us": (
        replace(WAITING, access=TicketAccess(wait=replace(WAIT, forwarded_by=None))),
        False,
    ),
    "waits for access, asked of nobody named": (
        replace(WAITING, access=TicketAccess(wait=AccessWait(since=NOW, is_asked=True))),
        False,
    ),
    "waits for access, withdrawn": (
        replace(WAITING, access=TicketAccess(wait=AccessWait(since=NOW, withdrawn_by="Anna de Vries"))),
        False,
    ),
    "waits for access, for staff": (replace(WAITING, moves=STAFF), True),
    "waits for access, not asked, for staff": (
        replace(WAITING, moves=STAFF, access=TicketAccess(wait=AccessWait(since=NOW))),
        True,
    ),
    "waits for access, asked of nobody named, for staff": (
        replace(WAITING, moves=STAFF, access=TicketAccess(wait=AccessWait(since=NOW, is_asked=True))),
        True,
    ),
    "somebody is in": (replace(BUSY, waits=(), access=TicketAccess(sessions=(RUNNING,))), False),
    "the engineer is in": (
        replace(BUSY, waits=(), moves=STAFF, access=TicketAccess(sessions=(RUNNING,), has_own_session=True)),
        True,
    ),
}


def _access(name: str, sheet: AccessSheet) -> None:
    sample(f"access: {name}")(lambda language: access_card(sheet, language))


def _ticket(name: str, sheet: TicketSheet, *, is_staff: bool) -> None:
    sample(f"ticket: {name}")(lambda language: ticket_card(sheet, language, is_staff=is_staff))


for _name, _sheet in SHEETS.items():
    _access(_name, _sheet)
for _name, (_shown, _is_staff) in TICKETS.items():
    _ticket(_name, _shown, is_staff=_is_staff)


@sample("access: withdrawn just now")
def _(language: Language) -> Card:
    notice = {Language.NL: "De toestemming is ingetrokken.", Language.EN: "The consent is withdrawn."}
    return access_card(SHEETS["withdrawn"], language, notice=notice[language], is_warning=True)


@sample("access: withdraw?")
def _(language: Language) -> Card:
    return withdraw_access_card(WithdrawAccess(form_id=FORM), 12, language)


@sample("access: consent again?")
def _(language: Language) -> Card:
    return lift_withdrawal_card(FORM, 12, language)


@sample("access: administrator, of a contact")
def _(language: Language) -> Card:
    return administrator_form(CUSTOMER, FILLED, language, is_staff=False)


@sample("access: administrator, of a manager, refused")
def _(language: Language) -> Card:
    notice = {Language.NL: "Dat is geen e-mailadres.", Language.EN: "That is no e-mail address."}
    filled = KeepAdministrator(form_id=FORM, customer=12, administrator="Ton", address="ton")
    return administrator_form(CUSTOMER, filled, language, is_staff=True, notice=notice[language])


@sample("access: file of a contact")
def _(language: Language) -> Card:
    return session_file_card(URL, "csv", None, language)


@sample("access: file of the staff")
def _(language: Language) -> Card:
    return session_file_card(URL, "json", 12, language)


@sample("access: nothing is mailed from here")
def _(language: Language) -> Card:
    filled = MarkForwarded(form_id=FORM, consent_request=3)
    return own_mail_card(CUSTOMER, "Ton *Beheer*", URL, filled, language)
