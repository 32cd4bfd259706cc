"""An invoice or a credit note as UBL 2.1, for the customer's bookkeeping (R14, D5, D6, D9, D21).

EN 16931 with the Dutch rules on top (NLCIUS, also called SI-UBL 2.0). Every amount is the invoice's own: nothing is
computed here. Work is counted in minutes at a price for 60, so that 85 minutes at € 85.00 an hour are exactly that:

    <cbc:InvoicedQuantity unitCode="MIN">85</cbc:InvoicedQuantity>
    <cbc:LineExtensionAmount currencyID="EUR">120.42</cbc:LineExtensionAmount>
    <cac:Price> <cbc:PriceAmount currencyID="EUR">85.00</cbc:PriceAmount>
                <cbc:BaseQuantity unitCode="MIN">60</cbc:BaseQuantity> </cac:Price>

A set-off is a line with a negative quantity. A credit note has positive amounts for what is given back (type 381).
What the Dutch rules advise against is left out: the bank's BIC and the name of the account.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from lxml import etree

from cards.language import Texts, texts_for
from contract.invoices import PAYMENT_DAYS, Invoice, InvoiceKind, InvoiceLine
from contract.lines import LineKind
from contract.local_time import local
from contract.money import MINUTES_PER_HOUR
from documents.ubl_elements import CAC, CBC, Element, group, put
from documents.ubl_parties import buyer, seller
from documents.wording import line_notes, line_title, one_line

CUSTOMIZATION = "urn:cen.eu:en16931:2017#compliant#urn:fdc:nen.nl:nlcius:v1.0"
PROFILE = "urn:fdc:peppol.eu:2017:poacc:billing:01:1.0"
CURRENCY = "EUR"
SEPA_CREDIT_TRANSFER = "58"
_ROOTS = {
    InvoiceKind.INVOICE: "Invoice",
    InvoiceKind.CREDIT_NOTE: "CreditNote",
}
_UNITS = {LineKind.FEE: "MON", LineKind.COST: "C62"}
_MINUTE = "MIN"
_TICKET = "130"
"""The code of what an invoice line is about, by the seller's own number."""


def invoice_ubl(invoice: Invoice) -> bytes:
    """The document as XML. A draft has no number and so no UBL: raises ValueError."""
    if invoice.number is None:
        raise ValueError(invoice)
    t = texts_for(invoice.language)
    name = _ROOTS[invoice.kind]
    namespace = f"urn:oasis:names:specification:ubl:schema:xsd:{name}-2"
    root = etree.Element(f"{{{namespace}}}{name}", nsmap={None: namespace, "cac": CAC, "cbc": CBC})
    _heading(root, invoice, t)
    seller(root, invoice.seller)
    buyer(root, invoice.buyer)
    _payment(root, invoice, t)
    _totals(root, invoice, t)
    for position, line in enumerate(invoice.lines, start=1):
        _line(root, invoice, position, line, t)
    etree.indent(root)
    written: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8")
    return written


def _heading(root: Element, invoice: Invoice, t: Texts) -> None:
    is_credit = invoice.kind is InvoiceKind.CREDIT_NOTE
    put(root, "CustomizationID", CUSTOMIZATION)
    put(root, "ProfileID", PROFILE)
    put(root, "ID", str(invoice.number))
    put(root, "IssueDate", invoice.invoice_date.isoformat())
    if is_credit:
        put(root, "CreditNoteTypeCode", "381")
    else:
        put(root, "DueDate", invoice.due_date.isoformat())
        put(root, "InvoiceTypeCode", "380")
    put(root, "Note", one_line(invoice.reason) if is_credit else "")
    put(root, "DocumentCurrencyCode", CURRENCY)
    put(root, "BuyerReference", one_line(invoice.reference) or one_line(invoice.contract_number))
    _period(root, *invoice.period)
    if is_credit:
        original = group(group(root, "BillingReference"), "InvoiceDocumentReference")
        put(original, "ID", invoice.original_number or "")
        put(original, "IssueDate", "" if invoice.original_date is None else invoice.original_date.isoformat())
    put(group(root, "ContractDocumentReference"), "ID", one_line(invoice.contract_number))


def _period(parent: Element, first: dt.date, last: dt.date) -> None:
    period = group(parent, "InvoicePeriod")
    put(period, "StartDate", first.isoformat())
    put(period, "EndDate", last.isoformat())


def _payment(root: Element, invoice: Invoice, t: Texts) -> None:
    """How to pay; of a credit note the customer pays nothing."""
    if invoice.kind is InvoiceKind.CREDIT_NOTE:
        put(group(root, "PaymentTerms"), "Note", t("This amount is set off or paid back."))
        return
    means = group(root, "PaymentMeans")
    put(means, "PaymentMeansCode", SEPA_CREDIT_TRANSFER)
    put(means, "PaymentID", str(invoice.number))
    put(group(means, "PayeeFinancialAccount"), "ID", "".join(invoice.seller.iban.split()).upper())
    put(group(root, "PaymentTerms"), "Note", t("Payment within {days} days of the invoice date.", days=PAYMENT_DAYS))


def _totals(root: Element, invoice: Invoice, t: Texts) -> None:
    tax = group(root, "TaxTotal")
    _amount(tax, "TaxAmount", invoice.vat_cents)
    subtotal = group(tax, "TaxSubtotal")
    _amount(subtotal, "TaxableAmount", invoice.net_cents)
    _amount(subtotal, "TaxAmount", invoice.vat_cents)
    category = _category(subtotal, "TaxCategory", invoice)
    if invoice.is_reverse_charge:
        put(category, "TaxExemptionReasonCode", "VATEX-EU-AE")
        put(category, "TaxExemptionReason", t("VAT reverse charged"))
    _scheme(category)
    total = group(root, "LegalMonetaryTotal")
    _amount(total, "LineExtensionAmount", invoice.net_cents)
    _amount(total, "TaxExclusiveAmount", invoice.net_cents)
    _amount(total, "TaxInclusiveAmount", invoice.gross_cents)
    _amount(total, "PayableAmount", invoice.gross_cents)


def _line(root: Element, invoice: Invoice, position: int, line: InvoiceLine, t: Texts) -> None:
    is_credit = invoice.kind is InvoiceKind.CREDIT_NOTE
    unit = _UNITS.get(line.kind, _MINUTE)
    element = group(root, "CreditNoteLine" if is_credit else "InvoiceLine")
    put(element, "ID", str(position))
    put(element, "CreditedQuantity" if is_credit else "InvoicedQuantity", str(line.quantity), unitCode=unit)
    _amount(element, "LineExtensionAmount", line.amount_cents)
    _line_period(element, invoice, line)
    if line.ticket_number is not None:
        about = group(element, "DocumentReference")
        put(about, "ID", str(line.ticket_number))
        put(about, "DocumentTypeCode", _TICKET)
    item = group(element, "Item")
    put(item, "Description", "; ".join(filter(None, [one_line(line.subject), *line_notes(line, t)])))
    title = line_title(line, t)
    if line.ticket_number is not None:
        title = t("Ticket {number}: {what}", number=line.ticket_number, what=title)
    put(item, "Name", title)
    _scheme(_category(item, "ClassifiedTaxCategory", invoice))
    price = group(element, "Price")
    _amount(price, "PriceAmount", line.price_cents)
    put(price, "BaseQuantity", str(MINUTES_PER_HOUR if line.kind.is_minutes else 1), unitCode=unit)


def _line_period(element: Element, invoice: Invoice, line: InvoiceLine) -> None:
    """The first and last day of the work. Work of an earlier month lies outside the invoice's period: none (D9)."""
    days = [local(piece.start).date() for piece in line.pieces]
    first, last = invoice.period
    if days and first <= min(days) and max(days) <= last:
        _period(element, min(days), max(days))


def _category(parent: Element, name: str, invoice: Invoice) -> Element:
    category = group(parent, name)
    put(category, "ID", "AE" if invoice.is_reverse_charge else "S")
    put(category, "Percent", str(invoice.vat_percent))
    return category


def _scheme(category: Element) -> None:
    put(group(category, "TaxScheme"), "ID", "VAT")


def _amount(parent: Element, name: str, cents: int) -> None:
    put(parent, name, f"{Decimal(cents).scaleb(-2):.2f}", currencyID=CURRENCY)
