"""How a contact can be reached, in words, for the staff (R5)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from cards.formats import stamp
from cards.language import Texts
from contract.people import Language
from contract.reachability import Reach, Reachability


def reach_text(t: Texts, found: Reachability, now: datetime, language: Language) -> str:
    """By which way, since when, and when the person was last heard: a line of the customer's card."""
    heard = t("last heard {when}", when=stamp(found.heard_at, now, language)) if found.heard_at else t("never heard")
    return t("{way} · {heard}", way=_way(t, found, now, language), heard=heard)


def reach_fact(
    t: Texts, contacts: Sequence[tuple[str, Reachability]], now: datetime, language: Language
) -> tuple[str, str] | None:
    """The same in short for every contact, by name: a fact on the card of a ticket."""
    shown = [t("{name}: {way}", name=name, way=_way(t, found, now, language)) for name, found in contacts]
    return (t("Contacts"), " · ".join(shown)) if shown else None


def _way(t: Texts, found: Reachability, now: datetime, language: Language) -> str:
    when = stamp(found.since, now, language) if found.since else None
    if found.reach is Reach.TEAMS:
        return t("✓ in Teams")
    if found.reach is Reach.INSTALLED:
        return t("○ app installed {when}, not opened yet", when=when) if when else t("○ app installed, not opened yet")
    if found.reach is Reach.ASKED:
        return t("○ app asked for {when}, not arrived yet", when=when) if when else t("○ app asked for, not arrived")
    by_mail = found.reach is Reach.MAIL
    if found.is_refused and when:
        return (
            t("✗ by mail only since {when} (blocked or removed the app)", when=when)
            if by_mail
            else t("✗ not reachable since {when} (blocked or removed the app): call", when=when)
        )
    if found.is_refused:
        return t("✗ by mail only (removed the app)") if by_mail else t("✗ not reachable (removed the app): call")
    return t("✗ by mail only: the app has not arrived") if by_mail else t("✗ not reachable: the app has not arrived")


def refusal_text(t: Texts, error: str) -> str:
    """Why the app could not be brought, for whoever can do something about it."""
    if error == "not_in_catalog":
        return t(
            "The app is not in the customer's catalogue: their administrator can upload it in the Teams admin center."
        )
    if error.startswith("403"):
        return t("The customer's tenant does not let the bot install the app (permission or policy).")
    return t("The app could not be installed: {error}", error=error)
