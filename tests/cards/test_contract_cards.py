"""What cards of contracts say only where it is so."""

from __future__ import annotations

import json

import pytest

from cards.language import texts_for
from contract.people import Language
from tests.cards.samples import samples


@pytest.mark.parametrize(
    "name, can", [("contract: runs", True), ("contract: over", False), ("contract: cancelled", False)]
)
@pytest.mark.parametrize("language", Language)
def test_only_what_runs_can_be_cancelled(name: str, can: bool, language: Language) -> None:
    """A contract that is over, or cancelled, has nothing to cancel: no words on how (D18)."""
    assert (texts_for(language)("To cancel") in words(name, language)) is can


@pytest.mark.parametrize("language", Language)
def test_the_staff_is_not_told_to_call_itself(language: Language) -> None:
    """Who makes contracts reads that it ended and where a new one is made; the customer whom to call (D17)."""
    t = texts_for(language)
    told = t("This renewal is no longer on offer. Make a new contract on the customer’s card.")
    assert told in words("renewal: too late, for staff", language)
    assert "+31 85 000 0000" not in words("renewal: too late, for staff", language)
    assert "+31 85 000 0000" in words("renewal: too late", language)


@pytest.mark.parametrize("language", Language)
def test_an_ended_contract_ended_for_the_staff_too(language: Language) -> None:
    """After its last day it is not said to end."""
    said = texts_for(language)(
        "The contract of {customer} ended on {day}", customer="Bakkerij Brood & Zo [*Noord*]", day="31 "
    )
    assert said in words("renewal: too late, for staff", language)
    assert said not in words("renewal: to sign, for staff", language)


@pytest.mark.parametrize("language", Language)
def test_why_it_was_not_signed_stands_at_the_form(language: Language) -> None:
    """The terms fill more than a screen: what is missing is said below them, where the click was."""
    notice = {Language.NL: "Bevestig dat deze persoon", Language.EN: "Confirm it."}[language]
    t, shown = texts_for(language), words("renewal: not confirmed", language)
    assert (
        shown.index(t("To cancel"))
        < shown.index(notice)
        < shown.index(t("Name of the person who signs for {customer}", customer="")[:20])
    )


def words(name: str, language: Language) -> str:
    """The card of a sample as text."""
    return json.dumps(json.loads(samples()[name](language).json), ensure_ascii=False)
