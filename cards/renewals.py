"""The renewal of a contract that ends with the year: what is offered, and the form to sign it (R27-R30, D16-D18, D34).

    Your contract ends on 31 December 2026
    Term      1 January 2027 through 31 December 2027
    Prices    the same as now, excl. VAT
    ...
    [name of who signs]  [x] I may sign ...  [Sign]

What is signed are `renewal_terms`, the same words on the card and in the text that is kept. They depend on nothing but
contract, prices and the month in which they are signed, so that they can be made again and compared when the click
arrives.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime

from cards.clicks.contracts import ShowContract, SignRenewal
from cards.clicks.people import ShowCustomer
from cards.components import (
    ActionStyle,
    Card,
    ContainerStyle,
    Element,
    FontSize,
    action_row,
    card,
    execute,
    facts,
    heading,
    panel,
    section,
    text,
    text_input,
    toggle_input,
    wrote,
)
from cards.contract_terms import Rows, as_lines, cancel_text, months_text, price_rows, rule_rows, term_text
from cards.formats import calendar_date, long_date_time
from cards.language import Texts, texts_for
from contract.contracts import Contract
from contract.local_time import DAY, local
from contract.people import Language
from contract.periods import months_between
from contract.prices import PriceList
from contract.renewals import Renewal


@dataclass(frozen=True, slots=True, kw_only=True)
class RenewalSheet:
    """Everything the card of a renewal shows; `contract` is the one that ends."""

    contract: Contract
    customer_name: str
    offer: Renewal | None
    """What it becomes when it is signed now; None where there is nothing to sign any more."""
    later: Renewal | None
    """What it becomes when it is signed after that."""
    prices_now: PriceList
    prices: PriceList
    """Of the year of the renewal."""
    renewal: Contract | None = None
    """The contract that was signed."""
    provider_name: str
    provider_phone: str
    pickup_in_working_days: bool = False
    form_id: str = ""
    now: datetime

    @property
    def is_open(self) -> bool:
        """Whether it can be signed now."""
        return self.offer is not None and self.renewal is None and self.contract.cancellation is None


def renewal_terms(sheet: RenewalSheet, language: Language) -> Rows:
    """What is signed: term, months without cover, prices, rules, how it ends. None of it for one that is not open."""
    t, offer = texts_for(language), sheet.offer
    if offer is None:
        return ()
    gap = months_text(t, offer.uncovered, language) if offer.uncovered else ""
    same = t("the same as now, excl. VAT") if _are_same(sheet) else t("new, excl. VAT")
    return (
        (t("Term"), term_text(t, offer.term.starts_on, offer.term.ends_on, language)),
        *(((t("Not covered"), gap),) if gap else ()),
        (t("Prices {year}", year=sheet.prices.year), same),
        *price_rows(t, sheet.prices, language),
        *rule_rows(t, pickup_in_working_days=sheet.pickup_in_working_days),
        (t("To cancel"), cancel_text(t, sheet.provider_name)),
    )


def renewal_document(sheet: RenewalSheet, language: Language) -> str:
    """The text that is kept with the signature."""
    t = texts_for(language)
    title = t("Renewal of contract {number} of {customer}", number=sheet.contract.number, customer=sheet.customer_name)
    return as_lines(title, renewal_terms(sheet, language))


def shown_digest(sheet: RenewalSheet, language: Language) -> str:
    """What a click on the card signs: the SHA-256 (hex) of that text."""
    return hashlib.sha256(renewal_document(sheet, language).encode()).hexdigest()


def _are_same(sheet: RenewalSheet) -> bool:
    now, then = sheet.prices_now, sheet.prices
    return (now.fee_cents, now.office_cents, now.after_hours_cents, now.weekend_holiday_cents) == (
        then.fee_cents,
        then.office_cents,
        then.after_hours_cents,
        then.weekend_holiday_cents,
    )


def renewal_card(
    sheet: RenewalSheet, language: Language, *, is_staff: bool, notice: str = "", filled: SignRenewal | None = None
) -> Card:
    """The renewal for one reader. `notice` says why a click did not sign; `filled` is what was filled in then.

    The terms are long: the notice stands at the form, where the click was.
    """
    t = texts_for(language)
    has_form = sheet.is_open and not is_staff
    said = panel(text(notice), style=ContainerStyle.WARNING) if notice else None
    title, state = _title(t, sheet, language, is_staff=is_staff), _state(t, sheet, language, is_staff=is_staff)
    return card(
        None if has_form else said,
        heading(title),
        wrote(
            t("Contract {number} of {customer}", number=sheet.contract.number, customer=sheet.customer_name),
            subtle=True,
        ),
        panel(text(state, bold=True), style=_ground(sheet)) if state else None,
        *(_signed(t, sheet, language) if sheet.renewal else ()),
        *(_offer(t, sheet, language) if sheet.is_open else ()),
        *((said, *_form(t, sheet, language, filled)) if has_form else ()),
        action_row(
            execute(t("Customer"), ShowCustomer(customer=sheet.contract.customer_id))
            if is_staff
            else execute(t("My contract"), ShowContract())
        ),
        fallback_text=f"{title}. {t('Contract {number}', number=sheet.contract.number)}. {state}".strip(),
        language=language,
        subject=f"renewal:{sheet.contract.id}",
        summary=f"{title}: {t('sign the renewal')}" if has_form else f"{title}. {state}".strip(),
    )


def _title(t: Texts, sheet: RenewalSheet, language: Language, *, is_staff: bool) -> str:
    if sheet.renewal is not None:
        return t("{customer} goes on", customer=sheet.customer_name) if is_staff else t("Your contract goes on")
    last = calendar_date(sheet.contract.ends_on, language)
    is_over = local(sheet.now).date() > sheet.contract.ends_on
    if is_staff and is_over:
        return t("The contract of {customer} ended on {day}", customer=sheet.customer_name, day=last)
    if is_staff:
        return t("The contract of {customer} ends on {day}", customer=sheet.customer_name, day=last)
    return t("Your contract ended on {day}", day=last) if is_over else t("Your contract ends on {day}", day=last)


def _state(t: Texts, sheet: RenewalSheet, language: Language, *, is_staff: bool) -> str:
    """What holds now, as a sentence; nothing where the form says it."""
    if sheet.renewal is not None:
        when = long_date_time(sheet.renewal.signed_at, language) if sheet.renewal.signed_at else ""
        if sheet.renewal.signatory and when:
            return t("Signed by {name}, {when}.", name=sheet.renewal.signatory, when=when)
        return t("The renewal is signed.")
    if sheet.contract.cancellation is not None:
        return t("It was cancelled: there is nothing to renew.")
    if sheet.offer is None and is_staff:
        return t("This renewal is no longer on offer. Make a new contract on the customer’s card.")
    if sheet.offer is None:
        return t("This renewal is no longer on offer. Call {phone} for a new contract.", phone=sheet.provider_phone)
    if sheet.offer.uncovered:
        months = months_text(t, sheet.offer.uncovered, language)
        return t("Not covered: {months}. Tickets can’t be opened until the renewal begins.", months=months)
    return ""


def _ground(sheet: RenewalSheet) -> ContainerStyle:
    if sheet.renewal is not None:
        return ContainerStyle.GOOD
    return ContainerStyle.WARNING if sheet.is_open else ContainerStyle.EMPHASIS


def _signed(t: Texts, sheet: RenewalSheet, language: Language) -> tuple[Element, ...]:
    contract = sheet.renewal
    if contract is None:
        return ()
    gap = months_between(sheet.contract.ends_on + DAY, contract.starts_on)
    return (
        facts(
            (t("Contract"), contract.number),
            (t("Term"), term_text(t, contract.starts_on, contract.ends_on, language)),
            (t("Not covered"), months_text(t, gap, language)) if gap else None,
            *price_rows(t, sheet.prices, language),
        ),
        text(t("All prices exclude VAT."), subtle=True),
        text(
            t("Open tickets were closed when the contract ended; they can still be read.")
            if gap
            else t("Open tickets simply go on."),
            subtle=True,
        ),
    )


def _offer(t: Texts, sheet: RenewalSheet, language: Language) -> tuple[Element | None, ...]:
    return (
        text(t("It is not renewed by itself. This holds once it is signed:")),
        facts(*renewal_terms(sheet, language)),
        text(_by_day(t, sheet, language), subtle=True),
    )


def _by_day(t: Texts, sheet: RenewalSheet, language: Language) -> str:
    """Through which day this term holds, and what it becomes afterwards (D16, D17)."""
    if sheet.offer is None:
        return ""
    through = t("This holds when it is signed by {day}.", day=calendar_date(sheet.offer.signed_through, language))
    if sheet.later is None:
        return f"{through} {t('After that it can’t be signed any more.')}"
    later = t(
        "Signed after that it starts on {day}, and {months} is not covered.",
        day=calendar_date(sheet.later.term.starts_on, language),
        months=months_text(t, sheet.later.uncovered, language),
    )
    return f"{through} {later}"


def _form(t: Texts, sheet: RenewalSheet, language: Language, filled: SignRenewal | None) -> tuple[Element, ...]:
    # A click says what was shown, and in which language: that is what it signs.
    sign = SignRenewal(
        form_id=sheet.form_id,
        contract=sheet.contract.id,
        shown=shown_digest(sheet, language),
        language=language,
    )
    return (
        section(
            heading(t("Sign the renewal"), size=FontSize.MEDIUM),
            text_input(
                "signatory",
                t("Name of the person who signs for {customer}", customer=sheet.customer_name),
                value=filled.signatory if filled else "",
                max_length=200,
                required=True,
                error=t("Write the name of the person who signs."),
            ),
            toggle_input(
                "confirmed",
                t("Confirmation"),
                t("This person may sign for the organisation and agrees to what stands above."),
                value=filled.confirmed if filled else False,
            ),
            action_row(execute(t("Sign"), sign, style=ActionStyle.POSITIVE)),
        ),
        text(t("Either contact can do this; once is enough. It is kept with the contract."), subtle=True),
    )


def signing_notice(t: Texts, sheet: RenewalSheet, click: SignRenewal) -> str:
    """Why a click does not sign yet; empty where it does. What was shown must still be what holds (D16, D34)."""
    if click.shown != shown_digest(sheet, click.language):
        return t("What is offered has changed since this card was drawn. Read it again, then sign.")
    if not click.signatory:
        return t("Write the name of the person who signs.")
    if not click.confirmed:
        return t("Confirm that this person may sign.")
    return ""
