"""Everything a person can do, on one screen: payload → who may, which function, whether it writes.

A new button needs its payload class in `cards/clicks/` and its line here; `tests/test_architecture.py` finds a
missing one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from bot import (
    access_cards,
    added_costs,
    administrators,
    answers,
    attaching,
    chats,
    closing,
    consent_list,
    consents,
    contact_searches,
    contracts,
    corrections,
    costs,
    customer_billing,
    customer_contracts,
    customer_terms,
    customers,
    estimate_offers,
    estimates,
    evaluations,
    files,
    guests,
    invoice_months,
    invoices,
    log_forms,
    opening,
    overview,
    payments,
    people,
    phone_tickets,
    questions,
    queue,
    receipts,
    remote_sessions,
    renewal_warnings,
    renewals,
    tickets,
    timer,
    watch_stops,
    withdrawals,
    work,
)
from bot.turn import Answer
from bot.words import Edited, Installed, Typed, Uninstalled
from cards.clicks import access as access_clicks
from cards.clicks import accounts as account_clicks
from cards.clicks import billing as billing_clicks
from cards.clicks import consents as consent_clicks
from cards.clicks import contracts as contract_clicks
from cards.clicks import costs as cost_clicks
from cards.clicks import customers as customer_clicks
from cards.clicks import estimates as estimate_clicks
from cards.clicks import files as file_clicks
from cards.clicks import guests as guest_clicks
from cards.clicks import hours as hour_clicks
from cards.clicks import invoices as invoice_clicks
from cards.clicks import invoicing as invoicing_clicks
from cards.clicks import people as people_clicks
from cards.clicks import queue as queue_clicks
from cards.clicks import tickets as ticket_clicks
from contract.people import Role


@dataclass(frozen=True, slots=True)
class Route:
    """One thing that can be done. `run` is called as `run(turn, click)`.

    A card that is kept current is remembered where it stands: what answers with one `writes`, or it is run twice.
    """

    who: frozenset[Role]
    run: Callable[[Any, Any], Answer]
    writes: bool = True


CONTACT = frozenset({Role.CONTACT})
STAFF = frozenset({Role.ENGINEER, Role.MANAGER})
MANAGER = frozenset({Role.MANAGER})
PARTIES = CONTACT | STAFF
ANYBODY = PARTIES | {Role.STRANGER}

ROUTES: Mapping[type, Route] = {
    # the chat itself
    Installed: Route(ANYBODY, chats.installed),
    Uninstalled: Route(ANYBODY, chats.uninstalled),
    Edited: Route(PARTIES, answers.message_edited),
    Typed: Route(PARTIES, answers.typed),
    people_clicks.ShowHelp: Route(PARTIES, chats.show_help, writes=False),
    people_clicks.SetLanguage: Route(PARTIES, chats.choose_language),
    # people
    people_clicks.ShowContacts: Route(PARTIES, people.show_contacts, writes=False),
    people_clicks.ShowCustomers: Route(STAFF, customers.show_customers, writes=False),
    people_clicks.SearchCustomers: Route(STAFF, customers.search_customers, writes=False),
    people_clicks.ShowCustomer: Route(STAFF, customers.show_customer),
    people_clicks.ShowKnock: Route(MANAGER, people.show_knock),
    people_clicks.AppointContact: Route(MANAGER, people.appoint_contact),
    people_clicks.RefuseKnock: Route(MANAGER, people.refuse_knock),
    people_clicks.StartRemoval: Route(MANAGER, people.start_removal),
    people_clicks.RemoveContact: Route(MANAGER, people.remove_contact),
    guest_clicks.ConfirmGuest: Route(STAFF, guests.confirm_guest),
    guest_clicks.RefuseGuest: Route(STAFF, guests.refuse_guest),
    # contacts out of the directory
    account_clicks.StartContactSearch: Route(MANAGER, contact_searches.start_contact_search),
    account_clicks.SearchForContact: Route(MANAGER, contact_searches.search_for_contact),
    account_clicks.ShowContactSearch: Route(MANAGER, contact_searches.show_contact_search),
    account_clicks.ProposeContact: Route(CONTACT, contact_searches.propose_contact),
    account_clicks.ConfirmContact: Route(MANAGER, contact_searches.confirm_contact),
    account_clicks.DeclineContact: Route(MANAGER, contact_searches.decline_contact),
    account_clicks.TakePlace: Route(MANAGER, contact_searches.take_place),
    account_clicks.LookAgain: Route(MANAGER, contact_searches.look_again),
    account_clicks.StartWatchStop: Route(MANAGER, watch_stops.start_watch_stop),
    account_clicks.StopWatching: Route(MANAGER, watch_stops.stop_watching),
    account_clicks.WatchAgain: Route(MANAGER, watch_stops.watch_again),
    # what was agreed with a customer
    customer_clicks.StartContract: Route(MANAGER, customer_contracts.start_contract),
    customer_clicks.KeepContract: Route(MANAGER, customer_contracts.keep_contract),
    customer_clicks.StartRenewal: Route(MANAGER, customer_contracts.start_renewal, writes=False),
    customer_clicks.KeepRenewal: Route(MANAGER, customer_contracts.keep_renewal),
    customer_clicks.StartCancellation: Route(MANAGER, customer_contracts.start_cancellation, writes=False),
    customer_clicks.CheckCancellation: Route(MANAGER, customer_contracts.check_cancellation, writes=False),
    customer_clicks.CancelContract: Route(MANAGER, customer_contracts.cancel_contract),
    customer_clicks.StartAddendum: Route(MANAGER, customer_contracts.start_addendum),
    customer_clicks.KeepAddendum: Route(MANAGER, customer_contracts.keep_addendum),
    customer_clicks.StartPrices: Route(MANAGER, customer_terms.start_prices),
    customer_clicks.KeepPrices: Route(MANAGER, customer_terms.keep_prices),
    customer_clicks.StartConsent: Route(MANAGER, customer_terms.start_consent),
    customer_clicks.KeepConsent: Route(MANAGER, customer_terms.keep_consent),
    customer_clicks.StartConsentWithdrawal: Route(MANAGER, customer_terms.start_consent_withdrawal),
    customer_clicks.WithdrawConsent: Route(MANAGER, customer_terms.withdraw_consent),
    consent_clicks.ShowConsents: Route(STAFF, consents.show_consents),
    consent_clicks.ListConsents: Route(PARTIES, consent_list.list_consents, writes=False),
    consent_clicks.AskConsent: Route(MANAGER, consents.ask_consent),
    consent_clicks.CheckConsents: Route(MANAGER, consents.check_consents),
    consent_clicks.ShowConsentRequest: Route(PARTIES, consents.show_consent_request),
    consent_clicks.StartConsentEnd: Route(MANAGER, consents.start_consent_end),
    consent_clicks.EndConsent: Route(MANAGER, consents.end_consent),
    billing_clicks.StartBilling: Route(MANAGER, customer_billing.start_billing),
    billing_clicks.KeepBilling: Route(MANAGER, customer_billing.keep_billing),
    # the contract's course
    contract_clicks.ShowContract: Route(PARTIES, contracts.show_contract, writes=False),
    contract_clicks.ShowEvaluation: Route(PARTIES, evaluations.show_evaluation, writes=False),
    contract_clicks.ShowRenewal: Route(PARTIES, renewals.show_renewal),
    contract_clicks.SignRenewal: Route(CONTACT, renewals.sign_renewal),
    contract_clicks.ShowRenewals: Route(MANAGER, renewal_warnings.show_renewals),
    contract_clicks.SendRenewals: Route(MANAGER, renewal_warnings.send_again),
    # tickets
    ticket_clicks.StartTicket: Route(CONTACT, opening.start_ticket, writes=False),
    ticket_clicks.OpenTicket: Route(CONTACT, opening.open_ticket),
    ticket_clicks.ShowTicket: Route(PARTIES, tickets.show_ticket),
    ticket_clicks.ShowHistory: Route(PARTIES, tickets.show_history),
    ticket_clicks.ShowTickets: Route(PARTIES, overview.show_tickets, writes=False),
    ticket_clicks.SearchTickets: Route(CONTACT, overview.search_tickets, writes=False),
    ticket_clicks.AnswerTicket: Route(PARTIES, answers.answer_ticket),
    ticket_clicks.KeepAnswer: Route(PARTIES, answers.keep_answer),
    ticket_clicks.StartWithdrawal: Route(CONTACT, answers.start_withdrawal),
    ticket_clicks.WithdrawTicket: Route(CONTACT, answers.withdraw_ticket),
    ticket_clicks.StartReopening: Route(PARTIES, answers.start_reopening),
    ticket_clicks.ReopenTicket: Route(PARTIES, answers.reopen_ticket),
    # the engineers' side of tickets
    queue_clicks.ShowQueue: Route(STAFF, queue.show_queue, writes=False),
    queue_clicks.SearchQueue: Route(STAFF, queue.search_queue, writes=False),
    queue_clicks.ClaimTicket: Route(STAFF, work.claim_ticket),
    queue_clicks.TakeOverTicket: Route(STAFF, work.take_over_ticket),
    queue_clicks.StartHandOver: Route(STAFF, work.start_hand_over),
    queue_clicks.HandOverTicket: Route(STAFF, work.hand_over_ticket),
    queue_clicks.StartUrgency: Route(STAFF, work.start_urgency),
    queue_clicks.SetUrgency: Route(STAFF, work.set_urgency),
    queue_clicks.StartNote: Route(STAFF, work.start_note),
    queue_clicks.AddNote: Route(STAFF, work.add_note),
    queue_clicks.KeepNote: Route(STAFF, work.keep_note),
    queue_clicks.StartWaiting: Route(STAFF, work.start_waiting),
    queue_clicks.WaitForCustomer: Route(STAFF, work.wait_for_customer),
    queue_clicks.WaitForMicrosoft: Route(STAFF, work.wait_for_microsoft),
    queue_clicks.ResumeTicket: Route(STAFF, work.resume_ticket),
    queue_clicks.ShowMore: Route(STAFF, work.show_more),
    queue_clicks.StartResolving: Route(STAFF, closing.start_resolving),
    queue_clicks.ResolveTicket: Route(STAFF, closing.resolve_ticket),
    queue_clicks.StartDuplicate: Route(STAFF, closing.start_duplicate),
    queue_clicks.MarkDuplicate: Route(STAFF, closing.mark_duplicate),
    queue_clicks.StartWaiving: Route(STAFF, closing.start_waiving),
    queue_clicks.WaiveMinimum: Route(STAFF, closing.waive_minimum),
    queue_clicks.StartPhoneTicket: Route(STAFF, phone_tickets.start_phone_ticket, writes=False),
    queue_clicks.OpenPhoneTicket: Route(STAFF, phone_tickets.open_phone_ticket),
    # files
    file_clicks.ShowFiles: Route(PARTIES, files.show_files),
    file_clicks.AttachFiles: Route(PARTIES, attaching.attach_files),
    file_clicks.RetryFile: Route(PARTIES, files.retry_file),
    # hours
    hour_clicks.StartLogging: Route(STAFF, log_forms.start_logging),
    hour_clicks.LogTime: Route(STAFF, log_forms.log_time),
    hour_clicks.LogWhatFits: Route(STAFF, log_forms.log_what_fits),
    hour_clicks.ShowEntries: Route(STAFF, corrections.show_entries),
    hour_clicks.StartCorrection: Route(STAFF, corrections.start_correction),
    hour_clicks.CorrectTime: Route(STAFF, corrections.correct_time),
    cost_clicks.StartCost: Route(STAFF, added_costs.start_cost),
    cost_clicks.AddCost: Route(STAFF, added_costs.add_cost),
    cost_clicks.RemoveCost: Route(STAFF, added_costs.remove_cost),
    hour_clicks.StartTimer: Route(STAFF, timer.start_timer),
    hour_clicks.StopTimer: Route(STAFF, log_forms.stop_timer),
    hour_clicks.DiscardTimer: Route(STAFF, timer.discard_timer),
    # estimates
    estimate_clicks.StartEstimate: Route(STAFF, estimate_offers.start_estimate),
    estimate_clicks.SendEstimate: Route(STAFF, estimate_offers.send_estimate),
    estimate_clicks.WithdrawEstimate: Route(STAFF, estimate_offers.withdraw_estimate),
    estimate_clicks.StartPhoneDecision: Route(STAFF, estimate_offers.start_phone_decision),
    estimate_clicks.RecordDecision: Route(STAFF, estimate_offers.record_decision),
    estimate_clicks.ShowReceipt: Route(PARTIES, receipts.show_receipt),
    estimate_clicks.ShowEstimate: Route(PARTIES, estimates.show_estimate),
    estimate_clicks.ApproveEstimate: Route(CONTACT, estimates.approve_estimate),
    estimate_clicks.DeclineEstimate: Route(CONTACT, estimates.decline_estimate),
    estimate_clicks.StopWork: Route(CONTACT, estimates.stop_work),
    # the managers' month
    invoicing_clicks.ShowMonths: Route(MANAGER, invoice_months.show_months, writes=False),
    invoicing_clicks.ShowRun: Route(MANAGER, invoice_months.show_run_card, writes=False),
    invoicing_clicks.PrepareInvoices: Route(MANAGER, invoice_months.prepare_invoices),
    invoicing_clicks.IssueInvoices: Route(MANAGER, invoice_months.issue_invoices),
    invoicing_clicks.ShowUnpaid: Route(MANAGER, invoice_months.show_unpaid, writes=False),
    invoicing_clicks.ShowWaitingQuestions: Route(MANAGER, invoices.show_waiting_questions, writes=False),
    invoicing_clicks.StartPayment: Route(MANAGER, payments.start_payment),
    invoicing_clicks.BookPayment: Route(MANAGER, payments.book_whole_payment),
    invoicing_clicks.StartCredit: Route(MANAGER, payments.start_credit),
    invoicing_clicks.CreditInvoice: Route(MANAGER, payments.credit_invoice),
    invoicing_clicks.ShowCreditDue: Route(MANAGER, payments.show_credit_due, writes=False),
    invoicing_clicks.IssueCredit: Route(MANAGER, payments.issue_credit),
    # remote access at work
    access_clicks.ShowAccess: Route(PARTIES, access_cards.show_access),
    access_clicks.GetSessions: Route(PARTIES, access_cards.get_sessions),
    access_clicks.StartAccessWithdrawal: Route(CONTACT, withdrawals.start_access_withdrawal),
    access_clicks.WithdrawAccess: Route(CONTACT, withdrawals.withdraw_access),
    access_clicks.StartLifting: Route(CONTACT, withdrawals.start_lifting),
    access_clicks.LiftWithdrawal: Route(CONTACT, withdrawals.lift_withdrawal),
    access_clicks.StartAdministrator: Route(CONTACT | MANAGER, administrators.start_administrator),
    access_clicks.KeepAdministrator: Route(CONTACT | MANAGER, administrators.keep_named),
    access_clicks.ForwardRequest: Route(CONTACT, administrators.forward_request),
    access_clicks.MarkForwarded: Route(CONTACT, administrators.mark_sent),
    access_clicks.StartSession: Route(STAFF, remote_sessions.start_session),
    access_clicks.EndSession: Route(STAFF, log_forms.end_session),
    # invoices, and questions about them
    invoice_clicks.ShowInvoices: Route(CONTACT | MANAGER, invoices.show_invoices),
    invoice_clicks.ShowInvoice: Route(PARTIES, invoices.show_invoice),
    invoice_clicks.ShowInvoiceTicket: Route(PARTIES, invoices.show_invoice_ticket),
    invoice_clicks.GetInvoice: Route(PARTIES, invoices.get_invoice),
    invoice_clicks.ShowCosts: Route(CONTACT, costs.show_costs, writes=False),
    invoice_clicks.StartQuestion: Route(CONTACT, questions.start_question),
    invoice_clicks.AskQuestion: Route(CONTACT, questions.ask_question),
    invoice_clicks.ShowQuestion: Route(PARTIES, questions.show_question),
    invoice_clicks.AnswerQuestion: Route(CONTACT | MANAGER, questions.answer_question),
    invoice_clicks.SettleQuestion: Route(MANAGER, questions.settle_question),
}
