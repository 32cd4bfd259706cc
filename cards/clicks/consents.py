"""Buttons about a customer's consents to remote access: ask, check, end (R25)."""

from __future__ import annotations

from typing import Literal

from cards.clicks.base import Click, Form, Id
from cards.clicks.tickets import Page


class ShowConsents(Click):
    """Show where each of a customer's consents stands."""

    customer: Id


class ListConsents(Click):
    """Show which customers' consents somebody should look at; for a contact, the own organisation's."""

    page: Page = 1


class AskConsent(Click):
    """Ask the customer for a consent, or for the next one before this ends."""

    customer: Id
    mechanism: Literal["app", "gdap"]


class CheckConsents(Click):
    """Look at all of a customer's consents now."""

    customer: Id


class ShowConsentRequest(Click):
    """Show what is asked, by which link, and whom it waits for."""

    consent_request: Id


class StartConsentEnd(Click):
    """Ask once more before a consent is ended."""

    grant: Id


class EndConsent(Form):
    """End a consent: where Microsoft allows us, at once; else a person has to."""

    grant: Id
