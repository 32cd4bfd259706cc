"""`fourstar settings`: what holds in this installation, and where each value comes from.

Secrets are never shown. Below the settings stands what holds by contract where no customer has something of its own.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from typing import Any

from bot.cli.opened import AsJson, print_rows, settings
from bot.clock import SystemClock
from bot.setting_values import masked
from bot.settings import FILE_SUFFIX, Settings, variables
from contract.allowance import FREE_MINUTES
from contract.holidays import HolidayProfile
from contract.invoices import PAYMENT_DAYS
from contract.local_time import local
from contract.minimum import MINIMUM_MINUTES
from contract.pickup import PICKUP_DAYS
from contract.prices import contract_prices


def show(as_json: AsJson = False) -> None:
    """Every setting with its value and where it comes from, and what holds by contract."""
    given = settings()
    print_rows([*_settings(given), *_by_contract(given, local(SystemClock().now()).year)], as_json=as_json, nothing="")


def _settings(given: Settings) -> Iterator[dict[str, Any]]:
    named = {name.upper(): value for name, value in os.environ.items() if value}
    for variable, name in zip(variables(), Settings.model_fields, strict=True):
        yield {"what": variable, "value": _shown(getattr(given, name)), "from": _origin(variable, named)}


def _origin(variable: str, named: Mapping[str, str]) -> str:
    if variable + FILE_SUFFIX in named:
        return f"file {named[variable + FILE_SUFFIX]}"
    return "environment" if variable in named else "default"


def _shown(value: Any) -> Any:
    """A value as it can be printed."""
    value = masked(value)
    if isinstance(value, Mapping):
        return [f"{key}: {'none' if one is None else one}" for key, one in value.items()]
    if isinstance(value, tuple):
        return list(value)
    return value if value is None or isinstance(value, (bool, int)) else str(value) or None


def _by_contract(given: Settings, year: int) -> Iterator[dict[str, Any]]:
    prices = contract_prices(year)
    days = "working days" if given.pickup_in_working_days else "days"
    rows = (
        (f"fee {year}, a month", _euros(prices.fee_cents), "R13"),
        (f"office hours {year}, an hour", _euros(prices.office_cents), "R21"),
        (f"evening and night {year}, an hour", _euros(prices.after_hours_cents), "R22"),
        (f"weekend and holidays {year}, an hour", _euros(prices.weekend_holiday_cents), "R23"),
        ("holidays", _holidays(prices.holidays), "D3"),
        ("pick-up target", f"{PICKUP_DAYS} {days}, 17:00 on a working day", "R10, D19"),
        ("minimum of a ticket", f"{MINIMUM_MINUTES} minutes", "R31, D5"),
        ("without an estimate", f"{FREE_MINUTES} minutes a ticket", "R18, D12"),
        ("time to pay", f"{PAYMENT_DAYS} days", "R15, D8"),
    )
    for what, value, rule in rows:
        yield {
            "what": what,
            "value": value,
            "from": f"contract ({rule}); a customer's own list comes first"
            if rule in ("R13", "R21", "R22", "R23", "D3")
            else f"contract ({rule})",
        }


def _euros(cents: int) -> str:
    return f"EUR {cents // 100}.{cents % 100:02}"


def _holidays(profile: HolidayProfile) -> list[str]:
    found = ["1 January", "Easter", "King's Day", "Ascension Day", "Whitsun", "25 and 26 December"]
    found.append(f"5 May: {profile.liberation_day.value}")
    more = ("Good Friday", profile.good_friday), ("24 December", profile.dec_24), ("31 December", profile.dec_31)
    return [*found, *(name for name, is_on in more if is_on)]
