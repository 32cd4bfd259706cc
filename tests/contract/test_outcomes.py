"""How a ticket ends (R9, R16, R17)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from contract.errors import OutcomeNeeds
from contract.outcomes import RESOLVE_OUTCOMES, Outcome, OutcomeDetails, RouteFinding, check_outcome

LOOKED_AT = RouteFinding(is_investigated=True, reason="Tried with a second account")
NOT_APPLICABLE = RouteFinding(is_investigated=False, reason="No other design is possible")
THREE_ROUTES = OutcomeDetails(workaround=LOOKED_AT, redesign=NOT_APPLICABLE, escalation=LOOKED_AT)


def test_worked_example() -> None:
    """Not solvable with two of the three routes is refused, and names the third (R17)."""
    with pytest.raises(OutcomeNeeds) as refused:
        check_outcome(Outcome.NOT_SOLVABLE, replace(THREE_ROUTES, escalation=None))
    assert refused.value.fields == ("escalation",)


def test_not_solvable() -> None:
    """Three routes with a reason each are enough, investigated or not applicable; a blank reason is none (R17)."""
    check_outcome(Outcome.NOT_SOLVABLE, THREE_ROUTES)
    with pytest.raises(OutcomeNeeds) as refused:
        check_outcome(Outcome.NOT_SOLVABLE, replace(THREE_ROUTES, redesign=RouteFinding(True, " ")))
    assert refused.value.fields == ("redesign",)
    with pytest.raises(OutcomeNeeds) as refused:
        check_outcome(Outcome.NOT_SOLVABLE, OutcomeDetails())
    assert refused.value.fields == ("workaround", "redesign", "escalation")


@pytest.mark.parametrize("case", [None, "", "  "])
def test_escalated_needs_a_case(case: str | None) -> None:
    """Escalated to Microsoft needs the number of the case there (R17)."""
    with pytest.raises(OutcomeNeeds) as refused:
        check_outcome(Outcome.ESCALATED, OutcomeDetails(microsoft_case=case))
    assert refused.value.fields == ("microsoft_case",)
    check_outcome(Outcome.ESCALATED, OutcomeDetails(microsoft_case="2611230040001234"))


@pytest.mark.parametrize("outcome", sorted(set(Outcome) - {Outcome.ESCALATED, Outcome.NOT_SOLVABLE}))
def test_the_others_need_nothing(outcome: Outcome) -> None:
    """There is no solution guarantee: every other closing stands by itself (R9, R16)."""
    check_outcome(outcome, OutcomeDetails())


def test_what_resolving_offers() -> None:
    """The six outcomes of R17; withdrawn, duplicate and contract ended come about in their own ways (D22, D28)."""
    assert set(Outcome) - set(RESOLVE_OUTCOMES) == {Outcome.WITHDRAWN, Outcome.DUPLICATE, Outcome.CONTRACT_ENDED}
