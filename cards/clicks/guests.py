"""Buttons of the question whether a guest in a customer's tenant is the engineer who is asked (D15)."""

from __future__ import annotations

from cards.clicks.base import Click, Id


class ConfirmGuest(Click):
    """Say that this guest is oneself (the engineer who was asked)."""

    guest: Id


class RefuseGuest(Click):
    """Say that this guest is somebody else (the engineer who was asked)."""

    guest: Id
