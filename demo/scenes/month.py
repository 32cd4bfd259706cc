"""The month ends: the contract is renewed, the invoices are issued with one click, explained, asked about and paid.

By hand: the fee of € 275.00; 185 minutes of ticket one, € 262.08; fifteen minutes each of tickets two and three, €
21.25 twice. Together € 579.58, 21 % VAT is 121.7118 -> € 121.71, so € 701.29, due on 15 December.
"""

from __future__ import annotations

from datetime import UTC, datetime

from demo.pages import page_pictures, page_text
from demo.stage import Actor, Stage, hold

WARNED_AT = datetime(2026, 12, 1, 8, 1, tzinfo=UTC)  # 9:01 in Amsterdam
ISSUED_AT = datetime(2026, 12, 1, 11, 1, tzinfo=UTC)  # 12:01 in Amsterdam
PAID_AT = datetime(2026, 12, 9, 9, 30, tzinfo=UTC)
NUMBER, NET, GROSS = "2026-0001", "€ 579.58", "€ 701.29"
WHY = "Was the kassa in shop 3 not part of the first hour?"
BECAUSE = "Yes: it is in the 35 minutes of Tuesday. The hours after that are the new protocol, which Ben approved."


def _title(reader: Actor) -> str:
    return reader.t("Invoice {number}", number=NUMBER)


async def the_decision_has_a_receipt(stage: Stage) -> None:
    """Whoever wants to know who allowed the work gets it signed, on a card and as a file."""
    ben = stage.ben
    stage.narrator.scene("Who allowed that?")
    card = await ben.clicks(ben.estimate(stage.estimate), "Receipt")
    hold(ben.name in card.words, f"The receipt does not say who decided: {card.words}")
    stage.keep("receipt", ben, card)
    receipt = await ben.downloads(card, ben.t("Download receipt {number}", number=1))
    hold(stage.estimate.encode() in receipt, "The receipt does not name the estimate")
    stage.narrator.keep_file(f"receipt-{stage.estimate}.json", receipt)


async def anna_looks_at_the_costs(stage: Stage) -> None:
    """During the month everybody can see what it comes to so far; the invoice will say the same."""
    anna = stage.anna
    stage.narrator.scene("What does it cost so far?")
    await anna.types("kosten")
    costs = await anna.gets("Sum so far, excluding VAT")
    hold(anna.amount(NET) in costs.words, f"Not {NET}: {costs.words}")
    stage.keep("costs", anna, costs)
    await stage.ben.types("contract")
    stage.keep("contract", stage.ben, await stage.ben.gets("To cancel"))


async def the_contract_is_renewed(stage: Stage) -> None:
    """On 1 December both contacts have the renewal to sign; one signature is enough, everybody's card follows."""
    anna, ben, _, mark = stage.everybody
    stage.narrator.until(WARNED_AT, "the contract ends with the year")
    stage.narrator.scene("The renewal")
    offers = [await reader.gets("Sign the renewal") for reader in (anna, ben)]
    stage.keep("renewal", ben, offers[1])
    signed = await anna.clicks(offers[0], "Sign", signatory="Willem de Vries", confirmed=True)
    hold(anna.t("Your contract goes on") in signed.words, f"Not renewed: {signed.words}")
    stage.keep("renewal signed", anna, signed)
    await ben.sees_everywhere(ben.t("Your contract goes on"), "Willem de Vries")
    await mark.gets("Bakkerij Korenbloem")


async def the_month_is_prepared(stage: Stage) -> None:
    """At noon the manager has the month with its sums, and issues it with one click; a second click issues nothing."""
    mark = stage.mark
    stage.narrator.until(ISSUED_AT, "November is over")
    stage.narrator.scene("November’s invoices")
    title = mark.t("Invoices of {month}", month="November 2026")
    prepared = await mark.sees_everywhere(title, "Ready to issue")
    hold(mark.amount(GROSS) in prepared.words, f"Not {GROSS}: {prepared.words}")
    stage.keep("month prepared", mark, prepared)
    before = prepared.now
    await mark.clicks(prepared, "Issue 1 invoice")
    issued = await mark.sees_everywhere(title, "Issued")
    stage.keep("month issued", mark, issued)
    await mark.tries(before, "Issue 1 invoice")


async def the_invoice_arrives(stage: Stage) -> None:
    """Both contacts get it, each in the own language, with every ticket on it; the PDF and the UBL are files."""
    anna, ben = stage.contacts
    stage.narrator.scene("The invoice")
    for contact in stage.contacts:
        card = await contact.sees_everywhere(_title(contact), "Including VAT")
        hold(contact.amount(GROSS) in card.words, f"Not {GROSS}: {card.words}")
        hold(contact.amount("€ 262.08") in card.words, f"Not € 262.08: {card.words}")
        stage.keep("invoice", contact, card)
    files = await anna.clicks(anna.card(_title(anna)), "PDF and XML")
    pdf, ubl = await anna.downloads(files, "PDF"), await anna.downloads(files, "XML")
    hold(anna.amount(GROSS) in page_text(pdf), f"The PDF does not say {GROSS}")
    hold(b'<cbc:PayableAmount currencyID="EUR">701.29</cbc:PayableAmount>' in ubl, "The UBL is of another amount")
    stage.narrator.keep_file(f"invoice-{NUMBER}.pdf", pdf)
    stage.narrator.keep_file(f"invoice-{NUMBER}.xml", ubl)
    for page, picture in enumerate(page_pictures(pdf), start=1):
        stage.narrator.keep_file(f"invoice-{NUMBER}-page-{page}.png", picture)
    traced = await ben.clicks(ben.card(_title(ben)), "How this came about", nth=0)
    hold(f"was approved by {ben.name}" in traced.words, f"Nobody allowed it: {traced.words}")
    stage.keep("how a line came about", ben, traced)
    await ben.clicks(traced, "Back to the invoice")


async def ben_asks_about_a_line(stage: Stage) -> None:
    """A question about a line goes to the manager with the line quoted; the answer stands on the same card."""
    anna, ben, _, mark = stage.everybody
    stage.narrator.later(20)
    stage.narrator.scene("A question about a line")
    traced = await ben.clicks(ben.card(_title(ben)), "How this came about", nth=0)
    form = await ben.clicks(traced, "Question this line")
    stage.keep("question form", ben, form)
    await ben.clicks(form, "Send question", text=WHY)
    asked = await mark.gets("Question about invoice {number}", number=NUMBER)
    hold(WHY in asked.words, f"The question does not arrive: {asked.words}")
    hold(mark.t("The invoice as a whole") not in asked.words, f"The line is not quoted: {asked.words}")
    stage.narrator.later(10)
    await mark.clicks(asked, "Send answer", text=BECAUSE)
    for contact in (anna, ben):
        title = contact.t("Question about invoice {number}", number=NUMBER)
        answered = await contact.sees_everywhere(title, BECAUSE)
        stage.keep("question answered", contact, answered)
    await ben.clicks(ben.card(ben.t("Question about invoice {number}", number=NUMBER)), "To the invoice")


async def it_is_paid(stage: Stage) -> None:
    """The manager books the payment; every copy of the invoice says so."""
    mark = stage.mark
    stage.narrator.until(PAID_AT, "the money is there")
    stage.narrator.scene("Paid")
    await mark.types("invoices")
    months = await mark.gets("To be paid")
    stage.keep("months", mark, months)
    unpaid = await mark.clicks(months, "Open invoices")
    invoice = await mark.clicks(unpaid, f"Open {NUMBER}")
    form = await mark.clicks(invoice, "It was paid")
    await mark.clicks(form, mark.t("Yes, {amount} was paid", amount=GROSS))
    for contact in stage.contacts:
        card = await contact.sees_everywhere(_title(contact), "Paid")
        stage.keep("invoice paid", contact, card)
