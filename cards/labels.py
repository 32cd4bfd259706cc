"""What states, services, outcomes and rate bands are called, in the reader's language."""

from __future__ import annotations

from cards.language import Texts
from contract.estimates import EstimateState
from contract.hours import OutsideHoursReason, Place
from contract.outcomes import Outcome
from contract.rate_bands import RateBand
from contract.tickets import Product, State, Urgency, Wait

# The names of Microsoft's products are the same in every language.
PRODUCTS: dict[Product, str] = {
    Product.EXCHANGE: "Exchange (e-mail)",
    Product.TEAMS: "Teams",
    Product.SHAREPOINT: "SharePoint",
    Product.ONEDRIVE: "OneDrive",
    Product.POWER_PLATFORM: "Power Platform",
    Product.ENTRA_ID: "Entra ID",
    Product.INTUNE: "Intune",
}


def product_label(t: Texts, product: Product) -> str:
    """The affected service."""
    return PRODUCTS.get(product) or t("Other")


def state_label(t: Texts, state: State) -> str:
    """The stored state of a ticket (D31)."""
    match state:
        case State.NEW:
            return t("New")
        case State.IN_PROGRESS:
            return t("In progress")
        case State.WAITING_CUSTOMER:
            return t("Waiting for the customer")
        case State.WAITING_MICROSOFT:
            return t("Waiting for Microsoft")
        case State.CLOSED:
            return t("Closed")


def wait_label(t: Texts, wait: Wait) -> str:
    """What a ticket waits for beside its state, behind "Waiting for" (D31)."""
    return t("approval of the estimate") if wait is Wait.APPROVAL else t("remote access")


def urgency_label(t: Texts, urgency: Urgency) -> str:
    """The urgency the provider set (R11)."""
    match urgency:
        case Urgency.CRITICAL:
            return t("Critical")
        case Urgency.HIGH:
            return t("High")
        case Urgency.NORMAL:
            return t("Normal")
        case Urgency.LOW:
            return t("Low")


def outcome_label(t: Texts, outcome: Outcome) -> str:
    """What a closed ticket came to (R17)."""
    match outcome:
        case Outcome.ANSWERED:
            return t("Answered")
        case Outcome.SOLVED:
            return t("Solved")
        case Outcome.WORKAROUND:
            return t("Workaround")
        case Outcome.REDESIGN:
            return t("Redesign")
        case Outcome.ESCALATED:
            return t("Escalated to Microsoft")
        case Outcome.NOT_SOLVABLE:
            return t("Not solvable")
        case Outcome.WITHDRAWN:
            return t("Withdrawn")
        case Outcome.DUPLICATE:
            return t("Duplicate")
        case Outcome.CONTRACT_ENDED:
            return t("Contract ended")


def band_label(t: Texts, band: RateBand) -> str:
    """When an hour is worked (R21-R23), as part of a sentence."""
    match band:
        case RateBand.OFFICE:
            return t("office hours")
        case RateBand.AFTER_HOURS:
            return t("evenings and nights")
        case RateBand.WEEKEND_HOLIDAY:
            return t("weekends and holidays")


def estimate_state_label(t: Texts, state: EstimateState) -> str:
    """What became of an estimate (D13)."""
    match state:
        case EstimateState.OPEN:
            return t("Waiting for a decision")
        case EstimateState.APPROVED:
            return t("Approved")
        case EstimateState.DECLINED:
            return t("Declined")
        case EstimateState.SUPERSEDED:
            return t("Replaced by a newer estimate")
        case EstimateState.WITHDRAWN:
            return t("No longer on offer")
        case EstimateState.EXPIRED:
            return t("Expired")


def place_label(t: Texts, place: Place) -> str:
    """Where work was done (R24, R25)."""
    match place:
        case Place.REMOTE:
            return t("remote")
        case Place.ADVICE:
            return t("advice by chat or phone")
        case Place.ON_SITE:
            return t("on site")


def reason_label(t: Texts, reason: OutsideHoursReason) -> str:
    """Why there was work outside office hours (D26)."""
    match reason:
        case OutsideHoursReason.CUSTOMER_ASKED:
            return t("the customer asked")
        case OutsideHoursReason.URGENCY:
            return t("the urgency we set")
        case OutsideHoursReason.AGREED_TIME:
            return t("agreed time")
        case OutsideHoursReason.OWN_CHOICE:
            return t("own choice, at the office rate")
