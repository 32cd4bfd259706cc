"""The questions before a contact withdraws the consent to remote access, or gives it again (R25)."""

from __future__ import annotations

from cards.clicks.access import LONGEST_REASON, LiftWithdrawal, ShowAccess, WithdrawAccess
from cards.components import Action, ActionStyle, Card, Element, action_row, card, execute, heading, text, text_input
from cards.language import texts_for
from contract.people import Language


def withdraw_access_card(filled: WithdrawAccess, customer_id: int, language: Language) -> Card:
    """Asks once more, and why; says what stops and what goes on."""
    t = texts_for(language)
    return _question(
        customer_id,
        language,
        t("Withdraw the consent to remote access?"),
        text(t("Our engineers stop at once: remote sessions that go on are ended, and no new one can begin.")),
        text(
            t(
                "Your tickets stay open and wait. We can still answer and advise by chat or phone. What was done "
                "before is still charged."
            )
        ),
        text(t("The other contact, we, and your administrator where one is named hear of it."), subtle=True),
        text_input("reason", t("Why? (optional)"), value=filled.reason, multiline=True, max_length=LONGEST_REASON),
        action=execute(t("Withdraw consent"), WithdrawAccess(form_id=filled.form_id), style=ActionStyle.DESTRUCTIVE),
    )


def lift_withdrawal_card(form_id: str, customer_id: int, language: Language) -> Card:
    """Asks once more before consent is given again."""
    t = texts_for(language)
    return _question(
        customer_id,
        language,
        t("Consent to remote access again?"),
        text(t("Our engineers may work in your Microsoft 365 again, for tickets only, as far as it allows them to.")),
        text(t("Your name and this moment are kept as the consent."), subtle=True),
        action=execute(t("I consent"), LiftWithdrawal(form_id=form_id), style=ActionStyle.POSITIVE),
    )


def _question(customer_id: int, language: Language, title: str, *elements: Element, action: Action) -> Card:
    t = texts_for(language)
    return card(
        heading(title),
        *elements,
        action_row(action, execute(t("Back"), ShowAccess())),
        fallback_text=f"{title} ({customer_id})",
        language=language,
        subject=f"access:{customer_id}",
        is_form=True,
    )
