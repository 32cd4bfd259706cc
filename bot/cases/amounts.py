"""Sections `money` and `vat_21`: how an amount and its VAT are rounded (D6, D21)."""

from __future__ import annotations

from collections.abc import Iterator

from bot.cases.comparing import Difference, compare_value, unknown_keys
from bot.cases.reading import Given
from contract.money import VAT_PERCENT, amount_cents, vat_cents
from contract.prices import PriceBook


def money_differences(case: Given, _prices: PriceBook) -> Iterator[Difference]:
    """Compare what minutes cost at an hourly rate."""
    yield from unknown_keys(case, "id", "minutes", "rate_cents", "amount_cents")
    found = amount_cents(case.field("minutes").whole(), case.field("rate_cents").whole())
    yield from compare_value("amount_cents", case.field("amount_cents"), found)


def vat_differences(case: Given, _prices: PriceBook) -> Iterator[Difference]:
    """Compare the VAT over a net amount, at the rate of Dutch customers."""
    yield from unknown_keys(case, "id", "net_cents", "vat_cents")
    found = vat_cents(case.field("net_cents").whole(), VAT_PERCENT)
    yield from compare_value("vat_cents", case.field("vat_cents"), found)
