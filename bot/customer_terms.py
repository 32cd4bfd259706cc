"""What was agreed with a customer, recorded by a manager: contract, addendum, prices, access (R6, R25, R26, R29).

The functions without a turn are the acts themselves, shared with the command line; they raise a Refusal or a
`NotKept`. The others show the forms, and show them again with everything typed and the reason where it can't be kept.

Submitting twice keeps one thing: the customer's row is held, and what is there already is recognised.
"""

from __future__ import annotations

from bot import announcements, terms
from bot.announcements import customer_subject
from bot.customers import customer_answer
from bot.terms import NotKept, Reason
from bot.tickets import new_form_id
from bot.turn import Answer, Turn
from cards.clicks.customers import (
    KeepAddendum,
    KeepConsent,
    KeepContract,
    KeepPrices,
    StartAddendum,
    StartConsent,
    StartConsentWithdrawal,
    StartContract,
    StartPrices,
    WithdrawConsent,
)
from cards.components import Card
from cards.customer_forms import (
    addendum_form,
    consent_form,
    consent_withdrawal_form,
    contract_form,
    prices_form,
    read_amount,
    write_amount,
)
from cards.language import Texts, message
from cards.refusals import refusal_text
from contract.contracts import Addendum, covering
from contract.errors import Refusal
from contract.holidays import HolidayProfile
from contract.local_time import DAY, local
from contract.people import Customer
from contract.periods import starts_after_signing, year_end
from contract.prices import PriceList
from storage.contacts import load_customer
from storage.contracts import load_contracts, load_prices

_REASONS = {
    Reason.MISSING: message("Fill in every field that is needed."),
    Reason.NUMBER_TAKEN: message("There is another contract with this number."),
    Reason.NO_TERM: message("The addendum has to lie within one contract of this customer."),
    Reason.ENDS_FIRST: message("The last day lies before the first."),
    Reason.YEAR_BEGAN: message("The prices of that year hold already and can't be changed during the year."),
    Reason.AMOUNT: message("An amount is not readable. Write it as 85 or 87.50."),
}


def reason_text(error: Exception, t: Texts, turn: Turn) -> str:
    """Why it was not kept, in the reader's language."""
    return t(_REASONS[error.reason]) if isinstance(error, NotKept) else refusal_text(error, turn.language, turn.now)


def _held(turn: Turn, customer_id: int) -> Customer:
    return load_customer(turn.session, customer_id, lock=True)


def _kept(turn: Turn, customer_id: int, notice: str) -> Card:
    announcements.follow(turn.session, customer_subject(customer_id), turn.now)
    return customer_answer(turn, customer_id, notice)


# --- contract and addendum --------------------------------------------------------------------------------------------


def start_contract(turn: Turn, click: StartContract) -> Answer:
    """Show the form, with the next possible term in it."""
    customer = load_customer(turn.session, click.customer)
    today = local(turn.now).date()
    running = [contract.ends_on for contract in load_contracts(turn.session, customer.id)]
    starts_on = max([starts_after_signing(turn.now), *(end + DAY for end in running)])
    filled = KeepContract(
        form_id=new_form_id(),
        customer=customer.id,
        signed_on=today,
        starts_on=starts_on,
        ends_on=year_end(starts_on),
    )
    return contract_form(customer, filled, turn.language)


def keep_contract(turn: Turn, click: KeepContract) -> Answer:
    """Keep a contract; dates that can not be a contract's come back with the form (R6-R8, R27, R28)."""
    customer = _held(turn, click.customer)
    try:
        terms.keep_contract(
            turn.session,
            customer.id,
            turn.now,
            number=click.number,
            signed_on=click.signed_on,
            starts_on=click.starts_on,
            ends_on=click.ends_on,
        )
    except (Refusal, NotKept) as error:
        return contract_form(customer, click, turn.language, notice=reason_text(error, turn.texts, turn))
    return _kept(turn, customer.id, turn.texts("Contract {number} is recorded.", number=click.number))


def start_addendum(turn: Turn, click: StartAddendum) -> Answer:
    """Show the form, for the rest of the contract of today."""
    customer = load_customer(turn.session, click.customer)
    today = local(turn.now).date()
    contract = covering(load_contracts(turn.session, customer.id), today)
    filled = KeepAddendum(
        form_id=new_form_id(),
        customer=customer.id,
        signed_on=today,
        starts_on=today,
        ends_on=contract.ends_on if contract else year_end(today),
    )
    return addendum_form(customer, filled, turn.language)


def keep_addendum(turn: Turn, click: KeepAddendum) -> Answer:
    """Keep an addendum for on-site work (R26)."""
    customer = _held(turn, click.customer)
    try:
        if click.signed_on is None or click.starts_on is None or click.ends_on is None:
            raise NotKept(Reason.MISSING)
        terms.keep_addendum(turn.session, customer.id, Addendum(click.signed_on, click.starts_on, click.ends_on))
    except NotKept as error:
        return addendum_form(customer, click, turn.language, notice=reason_text(error, turn.texts, turn))
    return _kept(turn, customer.id, turn.texts("The addendum is recorded."))


# --- prices -----------------------------------------------------------------------------------------------------------


def start_prices(turn: Turn, click: StartPrices) -> Answer:
    """Show the form, with what would hold without a list of that year: the last one's, or the contract's."""
    customer = load_customer(turn.session, click.customer)
    prices = load_prices(turn.session, customer.id, (click.year,)).for_year(click.year)
    holidays, language = prices.holidays, turn.language
    extra = ("good_friday", holidays.good_friday), ("dec_24", holidays.dec_24), ("dec_31", holidays.dec_31)
    filled = KeepPrices(
        form_id=new_form_id(),
        customer=customer.id,
        year=click.year,
        fee=write_amount(prices.fee_cents, language),
        office=write_amount(prices.office_cents, language),
        after_hours=write_amount(prices.after_hours_cents, language),
        weekend_holiday=write_amount(prices.weekend_holiday_cents, language),
        extra_holidays=tuple(name for name, is_on in extra if is_on),  # type: ignore[misc]  # the names of the Literal
        liberation_day=holidays.liberation_day,
    )
    return prices_form(customer, filled, language)


def keep_prices(turn: Turn, click: KeepPrices) -> Answer:
    """Keep the price list of a year, unless one holds in it already (R29, R30)."""
    customer = _held(turn, click.customer)
    try:
        terms.keep_prices(turn.session, customer.id, _prices(click), turn.now)
    except NotKept as error:
        return prices_form(customer, click, turn.language, notice=reason_text(error, turn.texts, turn))
    return _kept(turn, customer.id, turn.texts("The prices of {year} are recorded.", year=click.year))


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
    customer = _held(turn, click.customer)
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
        )
    except NotKept as error:
        return consent_form(customer, click, turn.language, notice=reason_text(error, turn.texts, turn))
    return _kept(turn, customer.id, turn.texts("The consent is recorded."))


def start_consent_withdrawal(turn: Turn, click: StartConsentWithdrawal) -> Answer:
    """Ask once more."""
    return consent_withdrawal_form(load_customer(turn.session, click.customer), new_form_id(), turn.language)


def withdraw_consent(turn: Turn, click: WithdrawConsent) -> Answer:
    """Access ends now (R25)."""
    customer = _held(turn, click.customer)
    terms.withdraw_consent(turn.session, customer.id, turn.now)
    return _kept(turn, customer.id, turn.texts("Remote access is withdrawn."))
