"""On 15 January the evaluation of every contract that ended with the year goes to both sides (R30).

In portions that each are a transaction of their own. By then the last work of the year is logged and invoiced. Of
several years that were missed only the last is sent.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from bot.evaluations import send_evaluation
from contract.local_time import local
from contract.renewals import next_yearly
from storage import timers
from storage.contracts import load_contract
from storage.renewals import ended_ids

SEND_EVALUATIONS = "send_evaluations"
CHUNK = 50
_DAYS = ((1, 15),)


def next_evaluation(after: datetime) -> datetime:
    """When the evaluations are sent next: 15 January, as office hours begin."""
    return next_yearly(after, _DAYS)


def evaluate_year(session: Session, slot: datetime, now: datetime) -> None:
    """Begin to send the evaluations of the year before."""
    if next_evaluation(slot) > now:
        _begin(session, local(slot).year - 1, 0, now)


def _begin(session: Session, year: int, after: int, now: datetime) -> None:
    timers.arm(session, f"{SEND_EVALUATIONS}:{year}:{after}", now, SEND_EVALUATIONS, {"year": year, "after": after})


def send_evaluations(session: Session, payload: Mapping[str, Any], now: datetime) -> None:
    """Send the next of them, and go on with those behind them."""
    found = ended_ids(session, payload["year"], after=payload["after"], limit=CHUNK)
    for contract_id in found:
        send_evaluation(session, load_contract(session, contract_id), now)
    if len(found) == CHUNK:
        _begin(session, payload["year"], found[-1], now)
