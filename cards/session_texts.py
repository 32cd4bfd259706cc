"""What remote sessions and the ways to consent to them are called, and how they began and ended (R25)."""

from __future__ import annotations

from cards.formats import duration
from cards.language import Texts, message
from contract.consents import Mechanism
from contract.events import TicketEvent
from contract.people import Language
from contract.remote_sessions import EndedWhy

_MECHANISMS = {
    Mechanism.APP: message("permission of the support app"),
    Mechanism.GDAP: message("delegated admin relationship"),
    Mechanism.MANUAL: message("recorded consent"),
}
_ENDINGS = {
    EndedWhy.BY_ENGINEER: message("ended by the engineer"),
    EndedWhy.CLOSED: message("ended with the ticket"),
    EndedWhy.WITHDRAWN: message("ended because consent was withdrawn"),
    EndedWhy.EXPIRED: message("ended because the consent was over"),
    EndedWhy.TOO_LONG: message("ended by itself after 12 hours"),
    EndedWhy.LEFT: message("ended because the engineer left"),
}


def mechanism_label(t: Texts, mechanism: Mechanism) -> str:
    """What a consent rests on, in plain words."""
    return t(_MECHANISMS[mechanism])


def ending_label(t: Texts, why: EndedWhy) -> str:
    """Why a session is over."""
    return t(_ENDINGS[why])


def session_started(t: Texts, event: TicketEvent, language: Language) -> str:
    """Who came in, and by which consent."""
    consent = mechanism_label(t, Mechanism(event.details.get("mechanism", Mechanism.MANUAL)))
    if event.details.get("is_carried"):
        return t(
            "{name} started a remote session ({consent}, by what was known last)",
            name=event.actor_name,
            consent=consent,
        )
    return t("{name} started a remote session ({consent})", name=event.actor_name, consent=consent)


def session_ended(t: Texts, event: TicketEvent, language: Language) -> str:
    """Whose session is over, how long it took, and why where nobody ended it."""
    name = event.actor_name or str(event.details.get("engineer", ""))
    spent = duration(event.details.get("minutes", 0))
    why = EndedWhy(event.details.get("why", EndedWhy.BY_ENGINEER))
    if why is EndedWhy.BY_ENGINEER:
        return t("{name} ended the remote session of {spent}", name=name, spent=spent)
    return t("Remote session of {name} ({spent}): {why}", name=name, spent=spent, why=ending_label(t, why))


def carried(t: Texts, event: TicketEvent, said: str) -> str:
    """What is said of time that was logged, marked where it rests on the last known consent only (R25)."""
    return t("{logged}, on the last known consent to access", logged=said) if event.details.get("is_carried") else said
