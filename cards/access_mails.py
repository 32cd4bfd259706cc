"""The mail that says that a contact withdrew the consent to remote access (R25)."""

from __future__ import annotations

from cards.formats import stamp
from cards.language import texts_for
from cards.mails import Letter, letter, named
from cards.welcome import Provider
from contract.people import Language
from contract.withdrawals import Withdrawal


def withdrawal_letter(
    withdrawal: Withdrawal, customer_name: str, provider: Provider, language: Language, *, is_administrator: bool
) -> Letter:
    """Who withdrew consent, when and why, and what follows: the managers' copy, or the administrator's.

    The administrator's address is one that a contact may have named, so nothing that a contact wrote goes there.
    """
    t = texts_for(language)
    facts: list[tuple[str, str]] = [
        (t("Customer"), customer_name),
        (t("Withdrawn by"), named(withdrawal.withdrawn_by_name, t)),
        (t("When"), stamp(withdrawal.withdrawn_at, withdrawal.withdrawn_at, language)),
    ]
    if withdrawal.reason and not is_administrator:
        facts.append((t("Why"), withdrawal.reason))
    return letter(
        t("{customer} withdrew the consent to remote access", customer=customer_name),
        facts,
        t("Remote sessions ended at that moment, and no new one can begin. Tickets stay open and wait."),
        t("What still stands in Microsoft 365 ends when you, or {provider}, confirm that.", provider=provider.name)
        if is_administrator
        else t("What still stands in Microsoft 365 ends when you, or the customer's administrator, confirm that."),
        provider=provider,
        language=language,
        has_chat=not is_administrator,
    )
