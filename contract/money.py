"""Money is whole cents and is rounded in one place: half up, away from zero (D6).

    1 minute at € 85.00 an hour: 8500 / 60 = 141.67 -> 142 cents; 21 % over € 2.50: 52.5 -> 53 cents.

A set-off (D5) is negative, and rounds to the same size as what it sets off: -1 minute is -142 cents.
"""

from __future__ import annotations

MINUTES_PER_HOUR = 60
VAT_PERCENT = 21
"""Of Dutch customers (D21)."""


def round_half_up(numerator: int, denominator: int) -> int:
    """Return `numerator / denominator` as a whole number, halves away from zero (D6). `denominator` is positive."""
    if denominator <= 0:
        raise ValueError(denominator)
    size = (2 * abs(numerator) + denominator) // (2 * denominator)
    return size if numerator >= 0 else -size


def round_up(numerator: int, denominator: int) -> int:
    """Return the smallest whole number that is not less than `numerator / denominator` (for an upper limit, D13)."""
    if denominator <= 0:
        raise ValueError(denominator)
    return -(-numerator // denominator)


def amount_cents(minutes: int, rate_cents: int) -> int:
    """Return what `minutes` cost at `rate_cents` an hour, excluding VAT (D6)."""
    return round_half_up(minutes * rate_cents, MINUTES_PER_HOUR)


def vat_cents(net_cents: int, percent: int = VAT_PERCENT) -> int:
    """Return the VAT over the net of a whole invoice: once, half up (D6, D21)."""
    return round_half_up(net_cents * percent, 100)
