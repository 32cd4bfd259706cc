"""What was agreed with a customer, recorded by a manager: prices and access (R25, R29). Contracts: customer_contracts.

The acts themselves are in `bot/terms.py` and `bot/prices.py`, shared with the command line. Here are the forms; they
are shown again with everything typed and the reason where it can't be kept.

Submitting twice keeps one thing: the customer's row is held, and what is there already is recognised.
"""

from __future__ import annotations

from bot import announcements, prices, terms
from bot.access import covering
from bot.announcements import customer_subject
from bot.customers import customer_answer
from bot.terms import NotKept, Reason
from bot.tickets import new_form_id
from bot.turn import Answer, Turn
from cards.clicks.customers import (
    KeepConsent,
    KeepPrices,
    StartConsent,
    StartConsentWithdrawal,
    StartPrices,
    WithdrawConsent,
)
from cards.components import Card
from cards.customer_forms import (
    consent_form,
    consent_withdrawal_form,
    prices_form,
    read_amount,
    write_amount,
)
from cards.language import Texts, message
from cards.refusals import refusal_text
from contract.holidays import HolidayProfile
from contract.local_time import local
from contract.people import Customer
from contract.prices import PriceList
from storage.contacts import load_customer
from storage.prices import load_prices

_STILL = message("No recorded consent holds any more, but what was consented in the customer's tenant still does.")

_REASONS = {
    Reason.MISSING: message("Fill in every field that is needed."),
    Reason.NUMBER_TAKEN: message("There is another contract with this number."),
    Reason.NO_TERM: message("The addendum has to lie within one contract of this customer."),
    Reason.ENDS_FIRST: message("The last day lies before the first."),
    Reason.YEAR_BEGAN: message("The prices of that year hold already and can't be changed during the year."),
    Reason.INVOICED: message("By the prices of that year was invoiced already: they can't be changed."),
    Reason.AGREED: message("The customer signed the contract of that year by the prices shown: they can't be changed."),
    Reason.AMOUNT: message("An amount is not readable. Write it as 85 or 87.50."),
    Reason.FUTURE: message("That day lies in the future."),
    Reason.NO_CONTRACT: message("There is no contract for this."),
    Reason.WHICH_CONTRACT: message("There are several contracts. Name the one that is meant."),
    Reason.RENEWED: message("That contract has been renewed already."),
}


def reason_text(error: Exception, t: Texts, turn: Turn) -> str:
    """Why it was not kept, in the reader's language."""
    return t(_REASONS[error.reason]) if isinstance(error, NotKept) else refusal_text(error, turn.language, turn.now)


def held_customer(turn: Turn, customer_id: int) -> Customer:
    """The customer, held until the end of the turn: nobody else records anything about it meanwhile."""
    return load_customer(turn.session, customer_id, lock=True)


def kept(turn: Turn, customer_id: int, notice: str) -> Card:
    """The customer's card after something was recorded; every other copy of it follows."""
    announcements.follow(turn.session, customer_subject(customer_id), turn.now)
    return customer_answer(turn, customer_id, notice)


# --- prices -----------------------------------------------------------------------------------------------------------


def start_prices(turn: Turn, click: StartPrices) -> Answer:
    """Show the form, with what would hold without a list of that year: the last one's, or the contract's."""
    customer = load_customer(turn.session, click.customer)
    held = load_prices(turn.session, customer.id, (click.year,)).for_year(click.year)
    holidays, language = held.holidays, turn.language
    extra = ("good_friday", holidays.good_friday), ("dec_24", holidays.dec_24), ("dec_31", holidays.dec_31)
    filled = KeepPrices(
        form_id=new_form_id(),
        customer=customer.id,
        year=click.year,
        fee=write_amount(held.fee_cents, language),
        office=write_amount(held.office_cents, language),
        after_hours=write_amount(held.after_hours_cents, language),
        weekend_holiday=write_amount(held.weekend_holiday_cents, language),
        extra_holidays=tuple(name for name, is_on in extra if is_on),  # type: ignore[misc]  # the names of the Literal
        liberation_day=holidays.liberation_day,
    )
    return prices_form(customer, filled, language)


def keep_prices(turn: Turn, click: KeepPrices) -> Answer:
    """Keep the price list of a year, unless one holds in it already (R29, R30)."""
    customer = held_customer(turn, click.customer)
    try:
        prices.keep_prices(turn.session, customer.id, _prices(click), turn.now)
    except NotKept as error:
        return prices_form(customer, click, turn.language, notice=reason_text(error, turn.texts, turn))
    return kept(turn, customer.id, turn.texts("The prices of {year} are recorded.", year=click.year))


def _prices(click: KeepPrices) -> PriceList:
    fee, office, after_hours, weekend = map(
        read_amount, (click.fee, click.office, click.after_hours, click.weekend_holiday)
    )
    if fee is None or office is None or after_hours is None or weekend is None:
        raise NotKept(Reason.AMOUNT)
    return PriceList(
        year=click.year,
        fee_cents=fee,
        office_cents=office,
        after_hours_cents=after_hours,
        weekend_holiday_cents=weekend,
        holidays=HolidayProfile(
            good_friday="good_friday" in click.extra_holidays,
            liberation_day=click.liberation_day,
            dec_24="dec_24" in click.extra_holidays,
            dec_31="dec_31" in click.extra_holidays,
        ),
    )


# --- access -----------------------------------------------------------------------------------------------------------


def start_consent(turn: Turn, click: StartConsent) -> Answer:
    """Show the form."""
    customer = load_customer(turn.session, click.customer)
    filled = KeepConsent(form_id=new_form_id(), customer=customer.id, valid_from=local(turn.now).date())
    return consent_form(customer, filled, turn.language)


def keep_consent(turn: Turn, click: KeepConsent) -> Answer:
    """Record a consent (R25); the cards of open tickets follow."""
    customer = held_customer(turn, click.customer)
    try:
        if not click.given_by or not click.document or click.valid_from is None:
            raise NotKept(Reason.MISSING)
        terms.keep_consent(
            turn.session,
            customer.id,
            turn.now,
            document=f"{click.given_by}: {click.document}",
            recorded_by=turn.person.id,
            first=click.valid_from,
            last=click.valid_until,
            policy=turn.policy,
            given_by=click.given_by,
        )
    except NotKept as error:
        return consent_form(customer, click, turn.language, notice=reason_text(error, turn.texts, turn))
    return kept(turn, customer.id, turn.texts("The consent is recorded."))


def start_consent_withdrawal(turn: Turn, click: StartConsentWithdrawal) -> Answer:
    """Ask once more."""
    return consent_withdrawal_form(load_customer(turn.session, click.customer), new_form_id(), turn.language)


def withdraw_consent(turn: Turn, click: WithdrawConsent) -> Answer:
    """Access ends now (R25)."""
    customer = held_customer(turn, click.customer)
    terms.withdraw_consent(turn.session, customer.id, turn.now, policy=turn.policy, by=turn.person)
    if covering(turn.session, customer.id, turn.now, turn.policy) is not None:
        return kept(turn, customer.id, turn.texts(_STILL))
    return kept(turn, customer.id, turn.texts("Remote access is withdrawn."))
