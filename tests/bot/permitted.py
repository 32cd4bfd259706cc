"""Who may what, written down a second time: a row for everything a person can do, apart from `bot/routes.py`.

A row says who may do it (S a stranger of a known customer, C contact, E engineer, M manager) and what its payload holds
besides ids. Ids are filled in by the names of the fields, from the customer whose things they are.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from bot.words import Edited, Installed, Typed, Uninstalled
from cards.clicks import (
    access,
    accounts,
    billing,
    consents,
    contracts,
    costs,
    customers,
    estimates,
    files,
    guests,
    hours,
    invoices,
    invoicing,
    people,
    queue,
    tickets,
)
from cards.clicks.base import Click
from contract.people import Role

_ROLES = {"S": Role.STRANGER, "C": Role.CONTACT, "E": Role.ENGINEER, "M": Role.MANAGER}
WORDS = "words of a test"
IDS = (
    "customer",
    "contact",
    "contract",
    "knock",
    "search",
    "ticket",
    "duplicate_of",
    "follow_up_of",
    "estimate",
    "entry",
    "item",
    "cost",
    "file",
    "invoice",
    "line",
    "question",
    "grant",
    "consent_request",
)
"""Fields that name something of one customer. `engineer` is nobody's in particular."""


@dataclass(frozen=True, slots=True)
class Row:
    """Who may, and what to send."""

    who: frozenset[Role]
    values: dict[str, Any]


def may(roles: str, **values: Any) -> Row:
    """A row: `may("CEM", text=WORDS)`."""
    return Row(frozenset(_ROLES[letter] for letter in roles), values)


WORKED = {"worked_on": "2026-11-23", "begin": "10:05", "end": "10:10", "work": WORDS}
DAYS = {"starts_on": "2027-02-01", "ends_on": "2027-12-31"}
NOBODYS = 2**31 - 1
"""The question of a guest is put to one person only."""
PRICES = {"year": 2031, "fee": "275", "office": "85", "after_hours": "110", "weekend_holiday": "130"}

ROWS: dict[type, Row] = {
    Installed: may("SCEM"),
    Uninstalled: may("SCEM"),
    Edited: may("CEM"),
    Typed: may("CEM"),
    people.ShowHelp: may("CEM"),
    people.SetLanguage: may("CEM", language="nl"),
    people.ShowContacts: may("CEM"),
    people.ShowCustomers: may("EM"),
    people.SearchCustomers: may("EM", query="a"),
    people.ShowCustomer: may("EM"),
    people.ShowKnock: may("M"),
    people.AppointContact: may("M"),
    people.RefuseKnock: may("M"),
    people.StartRemoval: may("M"),
    people.RemoveContact: may("M"),
    guests.ConfirmGuest: may("EM", guest=NOBODYS),
    guests.RefuseGuest: may("EM", guest=NOBODYS),
    accounts.StartContactSearch: may("M"),
    accounts.SearchForContact: may("M", email="new@brood.example"),
    accounts.ShowContactSearch: may("M"),
    accounts.ProposeContact: may("C"),
    accounts.ConfirmContact: may("M"),
    accounts.DeclineContact: may("M"),
    accounts.TakePlace: may("M"),
    accounts.LookAgain: may("M"),
    accounts.StartWatchStop: may("M"),
    accounts.StopWatching: may("M", reason=WORDS),
    accounts.WatchAgain: may("M"),
    customers.StartContract: may("M"),
    customers.KeepContract: may("M", number="2027-1", signatory=WORDS, signed_on="2026-11-02", **DAYS),
    customers.StartRenewal: may("M"),
    customers.KeepRenewal: may("M", number="2027-2", signatory=WORDS, signed_on="2026-11-02"),
    customers.StartCancellation: may("M"),
    customers.CheckCancellation: may("M", received_on="2026-11-02"),
    customers.CancelContract: may("M", received_on="2026-11-02"),
    customers.StartAddendum: may("M"),
    customers.KeepAddendum: may("M", signed_on="2026-11-01", starts_on="2026-11-02", ends_on="2026-12-31"),
    customers.StartPrices: may("M", year=2031),
    customers.KeepPrices: may("M", **PRICES),
    customers.StartConsent: may("M"),
    customers.KeepConsent: may("M", given_by="A", document="B", valid_from="2026-11-01"),
    customers.StartConsentWithdrawal: may("M"),
    customers.WithdrawConsent: may("M"),
    billing.StartBilling: may("M"),
    billing.KeepBilling: may("M", legal_name=WORDS, street=WORDS),
    contracts.ShowContract: may("CEM"),
    contracts.ShowEvaluation: may("CEM"),
    contracts.ShowRenewal: may("CEM"),
    contracts.SignRenewal: may("C", shown="0" * 64, language="nl", signatory=WORDS, confirmed="true"),
    contracts.ShowRenewals: may("M", year=2026),
    contracts.SendRenewals: may("M", year=2026),
    tickets.StartTicket: may("C", text=WORDS),
    tickets.OpenTicket: may("C", description=WORDS),
    tickets.ShowTicket: may("CEM"),
    tickets.ShowHistory: may("CEM"),
    tickets.ShowTickets: may("CEM"),
    tickets.SearchTickets: may("C", query="a"),
    tickets.AnswerTicket: may("CEM", text=WORDS),
    tickets.KeepAnswer: may("CEM", text=WORDS),
    tickets.StartWithdrawal: may("C"),
    tickets.WithdrawTicket: may("C"),
    tickets.StartReopening: may("CEM"),
    tickets.ReopenTicket: may("CEM", text=WORDS),
    queue.ShowQueue: may("EM"),
    queue.SearchQueue: may("EM"),
    queue.ClaimTicket: may("EM"),
    queue.TakeOverTicket: may("EM"),
    queue.StartHandOver: may("EM"),
    queue.HandOverTicket: may("EM", text=WORDS),
    queue.StartUrgency: may("EM"),
    queue.SetUrgency: may("EM", urgency="high", reason=WORDS),
    queue.StartNote: may("EM"),
    queue.AddNote: may("EM", text=WORDS),
    queue.KeepNote: may("EM", text=WORDS),
    queue.StartWaiting: may("EM"),
    queue.WaitForCustomer: may("EM", text=WORDS),
    queue.WaitForMicrosoft: may("EM", case="MS-1"),
    queue.ResumeTicket: may("EM"),
    queue.ShowMore: may("EM"),
    queue.StartResolving: may("EM"),
    consents.ShowConsents: may("EM"),
    consents.ListConsents: may("CEM"),
    consents.AskConsent: may("M", mechanism="app"),
    consents.CheckConsents: may("M"),
    consents.ShowConsentRequest: may("CEM"),
    consents.StartConsentEnd: may("M"),
    consents.EndConsent: may("M"),
    queue.ResolveTicket: may("EM", summary=WORDS),
    queue.StartDuplicate: may("EM"),
    queue.MarkDuplicate: may("EM"),
    queue.StartWaiving: may("EM"),
    queue.WaiveMinimum: may("EM", reason=WORDS),
    queue.StartPhoneTicket: may("EM"),
    queue.OpenPhoneTicket: may("EM", description=WORDS),
    files.ShowFiles: may("CEM"),
    files.AttachFiles: may("CEM", activity="activity-of-a-test", text=WORDS),
    files.RetryFile: may("CEM"),
    hours.StartLogging: may("EM"),
    hours.LogTime: may("EM", **WORKED),
    hours.LogWhatFits: may("EM", **WORKED),
    hours.ShowEntries: may("EM"),
    hours.StartCorrection: may("EM"),
    hours.CorrectTime: may("EM", why=WORDS, **WORKED),
    costs.StartCost: may("EM"),
    costs.AddCost: may("EM", quantity=1, happened_on="2026-11-23"),
    costs.RemoveCost: may("EM"),
    hours.StartTimer: may("EM"),
    hours.StopTimer: may("EM"),
    hours.DiscardTimer: may("EM", since="2026-11-23T09:00:00Z"),
    estimates.StartEstimate: may("EM"),
    estimates.SendEstimate: may("EM", minutes=60, what=WORDS),
    estimates.WithdrawEstimate: may("EM"),
    estimates.StartPhoneDecision: may("EM"),
    estimates.RecordDecision: may("EM", revision=1, verdict="approved"),
    estimates.ShowEstimate: may("CEM"),
    estimates.ShowReceipt: may("CEM"),
    estimates.ApproveEstimate: may("C", revision=1),
    estimates.DeclineEstimate: may("C", revision=1),
    estimates.StopWork: may("C"),
    invoicing.ShowMonths: may("M"),
    invoicing.ShowRun: may("M", run=202611),
    invoicing.PrepareInvoices: may("M", run=202610),
    invoicing.IssueInvoices: may("M", run=202610, shown="0" * 32),
    invoicing.ShowUnpaid: may("M"),
    invoicing.ShowWaitingQuestions: may("M"),
    invoicing.StartPayment: may("M"),
    invoicing.BookPayment: may("M", amount_cents=1),
    invoicing.StartCredit: may("M"),
    invoicing.CreditInvoice: may("M", lines="all", reason=WORDS),
    invoicing.ShowCreditDue: may("M"),
    invoicing.IssueCredit: may("M", shown="0" * 32),
    access.ShowAccess: may("CEM"),
    access.GetSessions: may("CEM", kind="csv"),
    access.StartAccessWithdrawal: may("C"),
    access.WithdrawAccess: may("C", reason=WORDS),
    access.StartLifting: may("C"),
    access.LiftWithdrawal: may("C"),
    access.StartAdministrator: may("CM"),
    access.KeepAdministrator: may("CM", administrator=WORDS, address="ton@brood.example", reads="nl"),
    access.ForwardRequest: may("C"),
    access.MarkForwarded: may("C"),
    access.StartSession: may("EM"),
    access.EndSession: may("EM"),
    invoices.ShowInvoices: may("CM"),
    invoices.ShowInvoice: may("CEM"),
    invoices.ShowInvoiceTicket: may("CEM"),
    invoices.GetInvoice: may("CEM"),
    invoices.ShowCosts: may("C"),
    invoices.StartQuestion: may("C"),
    invoices.AskQuestion: may("C", text=WORDS),
    invoices.ShowQuestion: may("CEM"),
    invoices.AnswerQuestion: may("CM", text=WORDS),
    invoices.SettleQuestion: may("M"),
}


def id_fields(payload: type) -> tuple[str, ...]:
    """The fields of a payload that name something of a customer."""
    return tuple(name for name in IDS if issubclass(payload, Click) and name in payload.model_fields)
