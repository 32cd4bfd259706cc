"""Invoices that are long or odd: over many pages, and with texts that nobody would write on purpose."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings

from cards.formats import money
from contract.invoices import Invoice
from contract.people import Language
from tests.documents.any_invoice import NASTY, invoices
from tests.documents.pages import made, opened, outside_the_margins, plain, rows, said, structure
from tests.documents.samples import BUYER, long_invoice, november, quiet_month


def test_a_long_invoice_goes_on_over_the_page() -> None:
    """Two hundred tickets: every page is numbered and has the table's head, no ticket is cut, totals are not alone."""
    invoice = long_invoice(200)
    pdf = made(invoice)
    pages = [" ".join(page.extract_text().split()) for page in opened(pdf).pages]
    for number, page in enumerate(pages, start=1):
        assert f"Page {number} of {len(pages)}" in page
        assert "Unit price" in page
    firsts = [page.index("Ticket") for page in pages[1:]]
    assert max(firsts) < 60, "a page begins in the middle of a ticket"
    assert "Ticket 2199" in pages[-1]
    assert "To pay" in pages[-1]
    amounts = [row[-1] for row in rows(pdf) if len(row) == 4][1:]
    assert amounts == [plain(money(line.amount_cents, Language.EN)) for line in invoice.lines]
    assert structure(pdf).all("/TH")[:4] != []
    assert [cell.text for cell in structure(pdf).all("/TH")].count("Unit price") == 1, "read aloud once"


def test_a_ticket_that_no_page_holds_is_cut() -> None:
    """A subject of four pages is written to its last word."""
    record = november()
    words = [f"w{number}" for number in range(4000)]
    long = replace(record.lines[1], subject=" ".join(words))
    pdf = made(replace(record, lines=(long,)))
    assert structure(pdf).all("/TH")[4].text.endswith(" ".join(words[-50:]))
    assert len(opened(pdf).pages) > 3
    assert outside_the_margins(pdf) == 0


# --- any text, any invoice --------------------------------------------------------------------------------------------


@given(invoices())
@settings(max_examples=25)
def test_any_invoice_is_written(invoice: Invoice) -> None:
    """Every amount of every line stands in the table, in order, and nothing outside the margins."""
    pdf = made(invoice)
    shown = [row[-1] for row in rows(pdf) if len(row) == 4][1:]
    expected = [money(line.amount_cents, invoice.language) for line in invoice.lines]
    assert shown == [plain(amount) for amount in expected]
    assert rows(pdf)[-1][1] == plain(money(invoice.gross_cents, invoice.language))
    assert outside_the_margins(pdf) == 0


@pytest.mark.parametrize("text", NASTY)
def test_nasty_texts_are_shown(text: str) -> None:
    """Nothing that a person wrote breaks the page, leaves the margins, or changes another text."""
    pdf = made(november(buyer=replace(BUYER, name=f"Bakery {text}", reference=text)))
    assert "Bakery" in said(pdf)
    assert outside_the_margins(pdf) == 0
    assert rows(pdf)[-1] == ["To pay", "€ 1,266.68"]


@pytest.mark.parametrize(
    "written,read",
    [
        ("Łódź ČEZ ὕδωρ Ярославль", "Łódź ČEZ ὕδωρ Ярославль"),
        ("smile 😀 ☎", "smile 😀 ☎"),
        ("to 漢字", "to \ufffd\ufffd"),
        ("bell \x07 and tab\tand\nline", "bell \ufffd and tab and line"),
        ("שלום עולם 123", "שלום עולם 123"),
        ("cafe\u0301", "café"),
        ("a\u200db\ufe0f", "ab"),
        ("turned \u202egnp.exe", "turned gnp.exe"),
    ],
)
def test_no_character_vanishes(written: str, read: str) -> None:
    """What one typeface lacks the other has; what both lack is marked; right to left is read in its order."""
    pdf = made(quiet_month(buyer=replace(BUYER, name=written)))
    assert f"{read} Dorpsstraat 1" in said(pdf)
