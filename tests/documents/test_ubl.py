"""Invoices and credit notes as UBL: valid by every rule, and equal to the invoice to the cent (D5, D6, D9, D21)."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given, settings
from lxml import etree

from contract.invoices import Invoice, InvoiceKind
from contract.parties import Address
from contract.people import Language
from documents.ubl import invoice_ubl
from documents.ubl_elements import Element
from tests.documents.any_invoice import NASTY, invoices
from tests.documents.samples import BUYER, EVERY, SELLER, credited, november, quiet_month
from tests.documents.ubl_rules import SPACES, dutch_faults, faults, schema_faults, schematron_faults, texts

LINES = "cac:InvoiceLine | cac:CreditNoteLine"


def read(invoice: Invoice) -> Element:
    """The document, parsed."""
    return etree.fromstring(invoice_ubl(invoice))


def cents(root: Element, path: str) -> list[int]:
    """The amounts at a path; all of them are euros with two decimals."""
    found = root.xpath(path, namespaces=SPACES)
    assert {one.get("currencyID") for one in found} <= {"EUR"}
    assert all(one.text.partition(".")[2].isdigit() and len(one.text.partition(".")[2]) == 2 for one in found)
    return [int(Decimal(one.text).scaleb(2)) for one in found]


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("name", EVERY)
def test_every_kind_keeps_every_rule(name: str, language: Language) -> None:
    """Schema, EN 16931 and the Dutch rules find nothing, not even a warning."""
    assert faults(invoice_ubl(EVERY[name](language=language))) == []


@given(invoices())
def test_any_invoice_keeps_the_rules(invoice: Invoice) -> None:
    """Whatever was worked, waived, corrected or written: valid, and the lines add up to the totals (D6)."""
    ubl = invoice_ubl(invoice)
    assert schema_faults(ubl) == []
    assert dutch_faults(ubl) == []
    root = etree.fromstring(ubl)
    lines = cents(root, f"({LINES})/cbc:LineExtensionAmount")
    assert lines == [line.amount_cents for line in invoice.lines]
    assert [sum(lines)] == cents(root, "cac:LegalMonetaryTotal/cbc:TaxExclusiveAmount") == [invoice.net_cents]
    assert cents(root, "cac:TaxTotal/cbc:TaxAmount") == [invoice.vat_cents]
    assert cents(root, "cac:LegalMonetaryTotal/cbc:PayableAmount") == [invoice.gross_cents]


@given(invoices())
@settings(max_examples=25)
def test_any_invoice_keeps_en_16931(invoice: Invoice) -> None:
    """The Schematron finds nothing in any of them."""
    assert schematron_faults(invoice_ubl(invoice)) == []


@given(invoices())
def test_quantity_times_price_is_the_amount(invoice: Invoice) -> None:
    """Minutes times the price of 60, to the cent; where lines were corrected before, within one cent (D6)."""
    root = read(invoice)
    most = Decimal("0.005") if invoice.kind is InvoiceKind.INVOICE else Decimal("0.015")
    for line in root.xpath(LINES, namespaces=SPACES):
        (quantity,) = texts(line, "cbc:InvoicedQuantity | cbc:CreditedQuantity")
        (price,), (base,) = texts(line, "cac:Price/cbc:PriceAmount"), texts(line, "cac:Price/cbc:BaseQuantity")
        amount = Decimal(texts(line, "cbc:LineExtensionAmount")[0])
        assert abs(Decimal(quantity) * Decimal(price) / Decimal(base) - amount) <= most
        units = line.xpath("cbc:InvoicedQuantity/@unitCode | cbc:CreditedQuantity/@unitCode", namespaces=SPACES)
        assert units == line.xpath("cac:Price/cbc:BaseQuantity/@unitCode", namespaces=SPACES)


def test_units() -> None:
    """Work and minimum are minutes, the fee a month, costs pieces; a set-off is a negative quantity (D5)."""
    root = read(november())
    found = {
        (texts(line, "cac:Item/cbc:Name")[0].rpartition(": ")[2], one.get("unitCode"), one.text)
        for line in root.xpath(LINES, namespaces=SPACES)
        for one in line.xpath("cbc:InvoicedQuantity", namespaces=SPACES)
    }
    assert {
        ("Monthly fee November 2026", "MON", "1"),
        ("Work in office hours", "MIN", "295"),
        ("Travel, one visit", "C62", "2"),
        ("Minimum of 15 minutes, already charged in October", "MIN", "-15"),
        ("Minimum of 15 minutes, not charged", "MIN", "0"),
    } <= found


def test_a_line_tells_its_days_and_ticket() -> None:
    """The description has the subject, the days with their minutes and the estimate; the ticket is the object (R14)."""
    line = read(november()).xpath("cac:InvoiceLine[contains(cac:Item/cbc:Name, '1002')]", namespaces=SPACES)[0]
    assert texts(line, "cac:Item/cbc:Description") == [
        (
            "Move the shared mailboxes to Exchange Online; Tue 10 Nov 2:00, Fri 13 Nov 2:35, Mon 16 Nov 0:20; "
            "2:55 of it allowed by estimate 1002-1"
        )
    ]
    assert texts(line, "cac:DocumentReference/*") == ["1002", "130"]
    assert texts(line, "cac:InvoicePeriod/*") == ["2026-11-10", "2026-11-16"]


def test_late_work_lies_outside_the_period() -> None:
    """A period of a line has to lie within the invoice's; work of October on November's invoice has none (D9)."""
    line = read(november()).xpath("cac:InvoiceLine[contains(cac:Item/cbc:Description, 'Oct')]", namespaces=SPACES)[0]
    assert texts(line, "cac:InvoicePeriod/*") == []


def test_who_and_how_to_pay() -> None:
    """Both parties with their numbers, the account, the number to pay with, dates and references (R1, D8)."""
    root = read(november(seller=replace(SELLER, iban="nl91 abna 0417 1643 00", vat_id="NL1234.56.789.B01")))
    assert texts(root, "cbc:ID | cbc:IssueDate | cbc:DueDate | cbc:BuyerReference") == [
        "2026-0042",
        "2026-12-01",
        "2026-12-15",
        "PO-2026-77",
    ]
    assert texts(root, "cac:ContractDocumentReference/cbc:ID") == ["2026-017"]
    assert texts(root, "cac:PaymentMeans/cbc:PaymentMeansCode | cac:PaymentMeans/cbc:PaymentID") == ["58", "2026-0042"]
    assert texts(root, "cac:PaymentMeans/cac:PayeeFinancialAccount/cbc:ID") == ["NL91ABNA0417164300"]
    assert texts(root, "//cac:PartyTaxScheme/cbc:CompanyID") == ["NL123456789B01"]
    assert texts(root, "//cac:PartyLegalEntity/cbc:CompanyID") == ["12345678", "87654321"]


def test_authorities_have_a_number_of_twenty_digits() -> None:
    """Twenty digits are an OIN; eight a KvK number; a register abroad has no scheme here."""
    authority = replace(BUYER, registration="00000001003214345000")
    abroad = replace(
        BUYER, registration="BE 0411.905.847", address=Address(street="x", postal_code="1", city="y", country="BE")
    )
    for buyer, scheme in ((authority, "0190"), (BUYER, "0106"), (abroad, None)):
        ubl = invoice_ubl(quiet_month(buyer=buyer))
        found = etree.fromstring(ubl).xpath("cac:AccountingCustomerParty//cbc:CompanyID", namespaces=SPACES)
        assert [one.get("schemeID") for one in found] == [scheme]
        assert faults(ubl) == []


def test_without_own_reference_the_contract_is_named() -> None:
    """Every invoice has a buyer reference; one of invisible marks counts as none (BR-NL-2)."""
    for reference in ("", "\u200e", " "):
        root = read(quiet_month(buyer=replace(BUYER, reference=reference)))
        assert texts(root, "cbc:BuyerReference") == ["2026-017"]


def test_reverse_charge() -> None:
    """Category AE at 0 % with code and text, and both VAT ids (D21)."""
    root = read(EVERY["abroad"](language=Language.NL))
    category = "cac:TaxTotal/cac:TaxSubtotal/cac:TaxCategory/"
    assert texts(root, f"{category}cbc:ID | {category}cbc:Percent") == ["AE", "0"]
    assert texts(root, f"{category}cbc:TaxExemptionReasonCode") == ["VATEX-EU-AE"]
    assert texts(root, f"{category}cbc:TaxExemptionReason") == ["Btw verlegd"]
    assert texts(root, "//cac:PartyTaxScheme/cbc:CompanyID") == ["NL123456789B01", "BE0411905847"]


def test_a_credit_note_names_its_invoice() -> None:
    """Type 381, positive for what is given back, with the original's number, date and the reason; no request to pay."""
    note = credited()
    root = read(note)
    assert etree.QName(root).localname == "CreditNote"
    assert texts(root, "cbc:CreditNoteTypeCode | cbc:Note") == ["381", note.reason]
    assert texts(root, "cac:BillingReference/cac:InvoiceDocumentReference/*") == ["2026-0042", "2026-12-01"]
    assert cents(root, "cac:LegalMonetaryTotal/cbc:PayableAmount") == [note.gross_cents]
    assert note.gross_cents > 0
    assert texts(root, "cac:PaymentMeans/cbc:PaymentMeansCode") == []


@pytest.mark.parametrize("text", NASTY)
def test_nasty_texts_are_written(text: str) -> None:
    """Control characters, halves of pairs, other scripts and markup neither break the document nor get in as markup."""
    invoice = quiet_month(buyer=replace(BUYER, name=f"Bakery {text}"))
    assert faults(invoice_ubl(invoice)) == []
    (name,) = texts(read(invoice), "cac:AccountingCustomerParty//cac:PartyName/cbc:Name")
    assert name.startswith("Bakery")
    assert not set(name) & {"\u202e", "\n", "\x00"}


def test_a_draft_has_no_ubl() -> None:
    """Bookkeeping software takes every UBL for an invoice, so what has no number is not written as one."""
    with pytest.raises(ValueError, match="number=None"):
        invoice_ubl(november(number=None))


def test_the_same_invoice_gives_the_same_bytes() -> None:
    """The digest of the document can be kept."""
    assert invoice_ubl(november()) == invoice_ubl(november())


@pytest.mark.parametrize(
    "path,text,rule",
    [
        ("cac:LegalMonetaryTotal/cbc:LineExtensionAmount", "1.00", "BR-CO-10"),
        ("cac:TaxTotal/cbc:TaxAmount", "1.00", "BR-CO-14"),
        ("cbc:DocumentCurrencyCode", "EUX", "BR-CL-04"),
        ("cac:PaymentMeans/cbc:PaymentMeansCode", "10", "BR-NL-12"),
        ("cac:PaymentMeans/cac:PayeeFinancialAccount/cbc:ID", "NL92ABNA0417164300", "IBAN"),
        ("cac:AccountingSupplierParty//cac:PartyLegalEntity/cbc:CompanyID", "1234", "BR-NL-1"),
        ("cbc:InvoiceTypeCode", "384", "BR-NL-7"),
        ("cac:AccountingCustomerParty//cbc:CityName", None, "BR-NL-4"),
        ("cbc:BuyerReference", None, "BR-NL-2"),
        ("cbc:IssueDate", "yesterday", "IssueDate"),
    ],
)
def test_the_rules_see_faults(path: str, text: str | None, rule: str) -> None:
    """A document with one thing wrong breaks the rule about it: the checks above can fail."""
    root = read(november())
    wrong = root.xpath(path, namespaces=SPACES)[0]
    if text is None:
        wrong.getparent().remove(wrong)
    else:
        wrong.text = text
    assert any(rule in fault for fault in faults(etree.tostring(root)))
