"""The questions about invoices that wait for an answer, for the managers (R5, R15)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from cards.clicks.invoices import ShowQuestion
from cards.clicks.invoicing import ShowMonths
from cards.components import Card, Element, Spacing, action_row, card, columns, execute, heading, section, text
from cards.formats import stamp
from cards.invoice_state import invoice_title
from cards.language import Texts, texts_for
from contract.invoices import Invoice
from contract.people import Language
from contract.questions import Question


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingQuestion:
    """A question, about which invoice, and whose."""

    question: Question
    invoice: Invoice
    customer_name: str


def waiting_questions_card(lines: Sequence[WaitingQuestion], language: Language, now: datetime) -> Card:
    """The questions, the longest waiting first; no reminder goes out for their invoices meanwhile."""
    t = texts_for(language)
    title = t("Questions about invoices that wait for us")
    nothing = t("No question waits.")
    return card(
        heading(title),
        *(_line(t, line, now) for line in lines),
        text(nothing) if not lines else None,
        action_row(execute(t("All months"), ShowMonths())),
        fallback_text=f"{title}: {', '.join(line.invoice.number or '' for line in lines) or nothing}",
        language=language,
    )


def _line(t: Texts, line: WaitingQuestion, now: datetime) -> Element:
    return section(
        columns(
            [
                text(f"{line.customer_name} · {invoice_title(t, line.invoice)}", bold=True),
                text(
                    t("asked {when}", when=stamp(line.question.asked_at, now, t.language)),
                    subtle=True,
                    spacing=Spacing.SMALL,
                ),
            ],
            [action_row(execute(t("Answer"), ShowQuestion(question=line.question.id)))],
            widths=("stretch", "auto"),
        )
    )
