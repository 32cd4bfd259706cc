"""How a ticket ends (R9, R16, R17, D22, D28).

There is no solution guarantee, so a closing without a solution is normal, but it has to be shown that the three other
routes were looked at: a workaround, a redesign, an escalation to Microsoft.

    "not solvable" with findings for workaround and redesign only is refused: `escalation` is missing.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from contract.errors import OutcomeNeeds


class Outcome(StrEnum):
    """What a closed ticket came to (R17; the last three D22, D28)."""

    ANSWERED = "answered"
    SOLVED = "solved"
    WORKAROUND = "workaround"
    REDESIGN = "redesign"
    ESCALATED = "escalated"
    NOT_SOLVABLE = "not_solvable"
    WITHDRAWN = "withdrawn"
    """By a contact; still billed (D22)."""
    DUPLICATE = "duplicate"
    """A technical duplicate: void, never billed (D22)."""
    CONTRACT_ENDED = "contract_ended"
    """The contract ended without a renewal (D28)."""


RESOLVE_OUTCOMES = (
    Outcome.ANSWERED,
    Outcome.SOLVED,
    Outcome.WORKAROUND,
    Outcome.REDESIGN,
    Outcome.ESCALATED,
    Outcome.NOT_SOLVABLE,
)
"""What an engineer can choose when resolving, in the order of a form (R17); the others have their own moves."""


@dataclass(frozen=True, slots=True)
class RouteFinding:
    """One route of R17: investigated, or (False) not applicable, and why."""

    is_investigated: bool
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OutcomeDetails:
    """What is recorded with an outcome (R17). `summary` is what the customer reads."""

    summary: str = ""
    microsoft_case: str | None = None
    workaround: RouteFinding | None = None
    redesign: RouteFinding | None = None
    escalation: RouteFinding | None = None


def check_outcome(outcome: Outcome, details: OutcomeDetails) -> None:
    """Refuse an outcome that lacks what R17 asks for: raises OutcomeNeeds with the names of the missing fields."""
    missing: list[str] = []
    if outcome is Outcome.ESCALATED and not (details.microsoft_case or "").strip():
        missing.append("microsoft_case")
    if outcome is Outcome.NOT_SOLVABLE:
        for name in ("workaround", "redesign", "escalation"):
            finding: RouteFinding | None = getattr(details, name)
            if finding is None or not finding.reason.strip():
                missing.append(name)
    if missing:
        raise OutcomeNeeds(tuple(missing))
