"""Invoices as PDF: to the eye, to a screen reader and to a banking app (R1, R14, R15, D5-D9, D21)."""

from __future__ import annotations

import hashlib
from dataclasses import replace

import pytest

from cards.formats import money
from contract.lines import Approval
from contract.people import Language
from documents.ubl import invoice_ubl
from tests.contract.builders import at
from tests.documents.pages import artifacts, codes, made, opened, plain, rows, said, structure, text_of
from tests.documents.samples import (
    APPROVALS,
    EVERY,
    RATES,
    SELLER,
    abroad,
    after_contract,
    credited,
    november,
    quiet_month,
)

# --- what stands on it ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", EVERY)
@pytest.mark.parametrize("language", Language)
def test_what_the_law_demands(name: str, language: Language) -> None:
    """Both names and addresses, the seller's KvK and VAT id, number, date, period, net, VAT and gross (R1)."""
    invoice = EVERY[name](language=language)
    text = plain(text_of(made(invoice)))
    for wanted in (
        *("Oxineo", "Voorstraat 116", "3231 BK Brielle", "KvK 12345678", "NL123456789B01"),
        *(invoice.buyer.name, invoice.buyer.address.street, invoice.buyer.address.city),
        str(invoice.number),
        invoice.contract_number,
        *(plain(money(cents, language)) for cents in (invoice.net_cents, invoice.gross_cents)),
        plain(money(invoice.vat_cents, language)),
    ):
        assert wanted in text


def test_the_lines_in_dutch() -> None:
    """By ticket: days with minutes, band, price and amount; a set-off says when it was charged (D5)."""
    shown = rows(made(november(language=Language.NL)))
    assert shown[:6] == [
        ["Omschrijving", "Tijd of aantal", "Prijs per eenheid", "Bedrag"],
        ["Maandbedrag november 2026", "1 maand", "€ 275,00", "€ 275,00"],
        ["Ticket 1001 Printer on the first floor offline"],
        [
            "Werk in kantooruren do 29 okt 0:40 gewerkt in oktober, geschreven na die factuur",
            "0:40 uur",
            "€ 85,00",
            "€ 56,67",
        ],
        ["Minimum van 15 minuten, al berekend in oktober", "-0:15 uur", "€ 85,00", "-€ 21,25"],
        ["Subtotaal ticket 1001", "€ 35,42"],
    ]
    assert shown[-5:] == [
        ["Ticket 1006 Phishing mail reported"],
        [
            "Minimum van 15 minuten, niet berekend reden: Our mistake in the mail filter",
            "0:00 uur",
            "€ 85,00",
            "€ 0,00",
        ],
        ["Totaal exclusief btw", "€ 1.046,84"],
        ["Btw 21% over € 1.046,84", "€ 219,84"],
        ["Te betalen", "€ 1.266,68"],
    ]


def test_the_lines_in_english() -> None:
    """The same in English, with costs in pieces and what an estimate allowed (D13, R26)."""
    shown = rows(made(november()))
    assert [
        "Work in office hours Tue 10 Nov 2:00, Fri 13 Nov 2:35, Mon 16 Nov 0:20 2:55 of it allowed by estimate 1002-1",
        "4:55 hours",
        "€ 85.00",
        "€ 417.92",
    ] in shown
    assert ["Travel, one visit", "2 ×", "€ 45.00", "€ 90.00"] in shown
    assert ["Work in the weekend or on a holiday Sat 21 Nov 0:07", "0:07 hours", "€ 130.00", "€ 15.17"] in shown
    assert ["Minimum of 15 minutes, already charged in October", "-0:15 hours", "€ 85.00", "-€ 21.25"] in shown


def test_who_allowed_what() -> None:
    """Each estimate that allowed minutes: extra time, who approved it, when, how, at which prices (R19, D15)."""
    by_phone = replace(APPROVALS[0], is_by_phone=True)
    other = Approval(
        estimate="9-9", minutes=60, rates=RATES, decided_by="Somebody Else", decided_at=at("2026-11-01 10:00")
    )
    clicked, phoned = (said(made(november(approvals=(other, one)))) for one in (APPROVALS[0], by_phone))
    assert (
        "Estimate 1002-1: 4:00 hours extra, approved by Anna de Vries on Thursday 12 November 2026 14:05. Prices per "
        "hour shown: € 85.00 office hours, € 110.00 evenings and nights, € 130.00 weekends and holidays."
    ) in clicked
    assert "approved by Anna de Vries by phone on" in phoned
    assert "Somebody Else" not in clicked, "an estimate that allowed nothing on this invoice"
    assert "Work beyond two hours" not in said(made(quiet_month(approvals=APPROVALS)))


def test_how_to_pay_and_where_to_ask() -> None:
    """Until when, to which account, with which reference; prices exclude VAT; questions in Teams or by mail (R15)."""
    text = said(made(november()))
    for wanted in (
        "Pay by 15 December 2026",
        "Please pay € 1,266.68 by 15 December 2026",
        "NL91 ABNA 0417 1643 00",
        "With reference 2026-0042",
        "Payment within 14 days of the invoice date. Prices exclude VAT.",
        "In Teams, choose “Question this line” below this invoice. Or reach us: info@example.nl · 0181 123 456.",
        "Your reference PO-2026-77",
    ):
        assert wanted in text
    bare = said(made(november(seller=replace(SELLER, email="", phone="", bic=""))))
    assert "Or reach us" not in bare
    assert "BIC" not in bare


def test_reverse_charge_says_so() -> None:
    """It reads "Btw verlegd" with both VAT ids, and names the country of the buyer (D21)."""
    dutch, english = (said(made(abroad(language=language))) for language in (Language.NL, Language.EN))
    assert "Btw verlegd naar BE0411905847; ons btw-id is NL123456789B01." in dutch
    assert "Btw verlegd € 0,00" in dutch
    assert "9000 Gent België" in " ".join(dutch.split())
    assert "VAT reverse charged to BE0411905847; our VAT id is NL123456789B01." in english


def test_a_credit_note_says_what_it_takes_back() -> None:
    """It names the invoice with its date and the reason, and asks for no money (D9)."""
    text = said(made(credited(language=Language.NL)))
    for wanted in (
        "Creditnota C2026-0002",
        "Bij factuur 2026-0042 van 1 december 2026",
        "Reden: The work of 13 November was written on the wrong ticket.",
        "Terug te ontvangen € 479,97",
        "Dit bedrag wordt verrekend of terugbetaald.",
    ):
        assert wanted in text
    assert "Naar rekening" not in text
    assert "Betaling binnen" not in text


def test_a_draft_is_marked_on_every_page() -> None:
    """Nobody takes a draft for an invoice, nor pays it."""
    pdf = made(november(number=None))
    assert structure(pdf).all("/H1")[0].text == "Draft, no invoice"
    assert artifacts(pdf).count("DRAFT, NOT AN INVOICE") == len(opened(pdf).pages) == 2
    assert "This is a draft: nothing has to be paid yet." in said(pdf)
    assert codes(pdf) == []
    assert dict(opened(pdf).attachments) == {}
    assert "DRAFT, NOT AN INVOICE" not in artifacts(made(november()))


def test_after_the_contract_there_is_no_fee() -> None:
    """What was recorded late, with its year, and nothing of a fee (D9)."""
    shown = rows(made(after_contract()))
    assert (
        shown[2][0] == "Work in office hours 30 December 2026 0:40 worked in December 2026, recorded after its invoice"
    )
    assert shown[3][0] == "Minimum of 15 minutes, already charged in December 2026"
    assert not any("fee" in row[0] for row in shown)


def test_paid_before() -> None:
    """A copy of a paid invoice says so instead of asking again."""
    pdf = made(november(), paid_note="Paid on 3 December 2026.")
    assert "Paid on 3 December 2026." in said(pdf)
    assert "Please pay" not in said(pdf)
    assert codes(pdf) == []


def test_nothing_to_pay() -> None:
    """A month whose set-off is more than its work asks for nothing (D5)."""
    invoice = after_contract()
    only_set_off = replace(invoice, lines=invoice.lines[1:])
    text = said(made(only_set_off))
    assert "There is nothing to pay." in text
    assert "To pay -€ 25.71" in text
    assert "Please pay" not in text


# --- the code to pay with ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", Language)
def test_the_code_pays_this_invoice(language: Language) -> None:
    """A camera reads the account, the gross amount and the number from the page (EPC069-12)."""
    pdf = made(november(language=language))
    assert codes(pdf) == ["BCD\n002\n1\nSCT\n\nOxineo\nNL91ABNA0417164300\nEUR1266.68\n\n\n2026-0042"]
    (figure,) = structure(pdf).all("/Figure")
    assert figure.alt is not None
    assert "NL91 ABNA 0417 1643 00" in figure.alt
    assert money(126668, language) in figure.alt


def test_no_code_where_nothing_is_paid() -> None:
    """A credit note asks for nothing, and a wrong account number pays nobody."""
    wrong = made(november(seller=replace(SELLER, iban="NL92ABNA0417164300")))
    assert [codes(made(credited())), codes(wrong), structure(wrong).all("/Figure")] == [[], [], []]


# --- the file ---------------------------------------------------------------------------------------------------------


def test_the_ubl_is_inside() -> None:
    """The very bytes of the UBL are attached, as another form of the same invoice."""
    invoice = november()
    attached = dict(opened(made(invoice)).attachments)
    assert attached == {"2026-0042.xml": [invoice_ubl(invoice)]}


def test_the_same_invoice_gives_the_same_bytes() -> None:
    """Its digest can be kept: nothing in it comes from the clock or from chance."""
    first, second = (hashlib.sha256(made(november())).hexdigest() for _ in range(2))
    assert first == second
    assert hashlib.sha256(made(november(number="2026-0043"))).hexdigest() != first
