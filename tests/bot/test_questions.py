"""Questions about invoices: asked free of charge, answered, gone on with, settled; on both engines (R5, R15)."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from sqlalchemy import func, select

from bot.line_texts import lines_for
from bot.views import VIEWS
from bot.wire import Reply
from cards.clicks.invoices import (
    AnswerQuestion,
    AskQuestion,
    SettleQuestion,
    ShowInvoice,
    ShowInvoices,
    ShowQuestion,
    StartQuestion,
)
from cards.clicks.invoicing import ShowWaitingQuestions
from contract.invoices import Invoice
from contract.questions import holds_reminders
from storage.billing_tables import invoice_questions, question_messages
from storage.database import Database
from storage.people import load_standings
from storage.questions import load_questions, questioned
from storage.tables import tickets, work_entries
from tests.bot.invoiced import invoiced
from tests.bot.people import Somebody, World, buttons_of, json_of, make_world, text_of

TEXT = "Waarom 40 minuten?"


async def asked(world: World, who: Somebody | None = None, text: str = TEXT, **values: Any) -> Invoice:
    """An invoice with a question of Anna's about it."""
    invoice = await invoiced(world)
    await world.click(who or world.anna, AskQuestion(form_id=world.form(), invoice=invoice.id, text=text, **values))
    return invoice


async def count(world: World, table: Any) -> int:
    """How many rows a table has."""
    query = select(func.count()).select_from(table)
    return int(await world.database.read(lambda session: session.execute(query).scalar_one()))


async def is_held(world: World, invoice: Invoice) -> bool:
    """Whether reminders are held."""
    questions = await world.database.read(lambda session: load_questions(session, invoice.id))
    waiting = await world.database.read(lambda session: questioned(session, [invoice.id, 999]))
    assert (invoice.id in waiting) is holds_reminders(questions)
    return invoice.id in waiting


async def told(world: World, who: Somebody) -> list[str]:
    """The lines about questions that wait for somebody, as they would be read."""
    payloads = [row for row in await world.waiting(who) if row["kind"] == "line" and "word" in row]

    def read(session: Any) -> list[str]:
        return lines_for(session, load_standings(session, [who.id])[who.id], payloads)

    return await world.database.read(read)


async def cards(world: World, who: Somebody) -> int:
    """How many cards of questions are to be posted with somebody."""
    return sum(row.get("view") == "question" and row["post"] for row in await world.waiting(who))


async def test_the_form_has_the_line_chosen_and_says_it_is_free(database: Database) -> None:
    """From a line the form comes with that line chosen; it says that nothing is charged and reminders wait."""
    world = await make_world(database)
    invoice = await invoiced(world)
    line = next(line for line in invoice.lines if line.ticket_number)
    form = await world.click(world.anna, StartQuestion(invoice=invoice.id, line=line.id))
    assert "gratis" in text_of(form)
    [choice] = [node for node in json_of(form)["body"] if node["type"] == "Input.ChoiceSet"]
    assert choice["value"] == str(line.id)
    assert {one["value"] for one in choice["choices"]} == {"0", str(line.id)}


async def test_a_question_reaches_managers_and_the_other_contact(database: Database) -> None:
    """Both contacts and every manager have its card with the line quoted; engineers and others do not."""
    world = await make_world(database)
    invoice = await invoiced(world)
    line = next(line for line in invoice.lines if line.ticket_number)
    answer = await world.click(
        world.anna, AskQuestion(form_id=world.form(), invoice=invoice.id, line=line.id, text=TEXT)
    )
    shown = text_of(answer)
    assert TEXT in shown
    assert "Outlook: Werk in kantooruren, € 56,67" in shown
    posted = [await cards(world, who) for who in (world.anna, world.bram, world.mia, world.eva, world.other)]
    assert posted == [0, 1, 1, 0, 0]
    assert await is_held(world, invoice)


async def test_a_question_costs_nothing(database: Database) -> None:
    """It opens no ticket, and nothing can be logged on it."""
    world = await make_world(database)
    invoice = await invoiced(world)
    before = await count(world, tickets), await count(world, work_entries)
    await world.click(world.anna, AskQuestion(form_id=world.form(), invoice=invoice.id, text=TEXT))
    assert (await count(world, tickets), await count(world, work_entries)) == before


async def test_an_answer_lets_reminders_go_and_the_next_word_holds_them(database: Database) -> None:
    """Waiting, answered, asked again, settled: the invoice's card says so each time, and all but the writer hear it."""
    world = await make_world(database)
    invoice = await asked(world)
    form = world.form()
    answered = await world.click(world.mia, AnswerQuestion(form_id=form, question=1, text="Twee bezoeken."))
    assert "Beantwoord" in text_of(answered)
    assert not await is_held(world, invoice)
    line = "Factuur 2026-0001: Mia Manager antwoordt: “Twee bezoeken.”"
    assert await told(world, world.anna) == [line]
    assert await told(world, world.bram) == ["Invoice 2026-0001: Mia Manager answers: “Twee bezoeken.”"]
    assert await told(world, world.mia) == []
    again = await world.click(world.bram, AnswerQuestion(form_id=form, question=1, text="And the second?"))
    assert "Waits for an answer" in text_of(again)
    assert await is_held(world, invoice)
    assert await told(world, world.mia) == [
        "Factuur 2026-0001 · Bakkerij Brood & Zo: Bram Bakker vraagt: “And the second?”"
    ]
    assert "wacht een vraag" in text_of(await world.click(world.anna, ShowInvoice(invoice=invoice.id)))
    settled = await world.click(world.mia, SettleQuestion(question=1))
    assert "Afgehandeld" not in buttons_of(settled)
    assert not await is_held(world, invoice)
    assert "wacht een vraag" not in text_of(await world.click(world.anna, ShowInvoice(invoice=invoice.id)))


async def test_the_same_form_twice_is_one_question(database: Database) -> None:
    """A double click shows the question that the first one opened; other words from the same form are not lost."""
    world = await make_world(database)
    invoice = await invoiced(world)
    click = AskQuestion(form_id=world.form(), invoice=invoice.id, text=TEXT)
    both = await asyncio.gather(*(world.click(world.anna, click) for _ in range(4)))
    assert all(TEXT in text_of(reply) for reply in both)
    assert (await count(world, invoice_questions), await count(world, question_messages)) == (1, 1)
    await world.click(world.anna, click.model_copy(update={"text": "Iets anders?"}))
    assert await count(world, question_messages) == 2


async def test_the_same_answer_twice_is_one_word(database: Database) -> None:
    """Four clicks on one rendering of the box are one answer, at the same instant too."""
    world = await make_world(database)
    await asked(world)
    click = AnswerQuestion(form_id=world.form(), question=1, text="Twee bezoeken.")
    await asyncio.gather(*(world.click(world.mia, click) for _ in range(4)))
    assert await count(world, question_messages) == 2


@pytest.mark.parametrize("text", ["", "  \n "])
async def test_nothing_is_no_question(database: Database, text: str) -> None:
    """The form comes back with what was chosen; a box sent empty says so."""
    world = await make_world(database)
    invoice = await invoiced(world)
    line = next(line for line in invoice.lines if line.ticket_number)
    form = await world.click(world.anna, AskQuestion(form_id=world.form(), invoice=invoice.id, line=line.id, text=text))
    assert "Schrijf eerst iets." in text_of(form)
    [choice] = [node for node in json_of(form)["body"] if node["type"] == "Input.ChoiceSet"]
    assert choice["value"] == str(line.id)
    assert await count(world, invoice_questions) == 0
    await world.click(world.anna, AskQuestion(form_id=world.form(), invoice=invoice.id, text=TEXT))
    empty = await world.click(world.mia, AnswerQuestion(form_id=world.form(), question=1, text=text))
    assert "Schrijf eerst iets." in text_of(empty)


async def test_a_line_of_another_invoice_is_not_found(database: Database) -> None:
    """A forged line opens nothing."""
    world = await make_world(database)
    invoice = await invoiced(world)
    for click in (
        StartQuestion(invoice=invoice.id, line=999),
        AskQuestion(form_id=world.form(), invoice=invoice.id, line=999, text=TEXT),
    ):
        assert "Niet gevonden" in text_of(await world.click(world.anna, click))
    assert await count(world, invoice_questions) == 0


async def test_managers_find_what_waits(database: Database) -> None:
    """Typed or clicked, a manager sees the questions that wait; an engineer reads one and cannot answer it."""
    world = await make_world(database)
    await asked(world)
    assert "1 vraag wacht" in text_of(await world.click(world.mia, ShowInvoices()))
    waiting = await world.click(world.mia, ShowWaitingQuestions())
    assert "Bakkerij Brood & Zo · Factuur 2026-0001" in text_of(waiting)
    read = await world.click(world.eva, ShowQuestion(question=1))
    assert TEXT in text_of(read)
    assert set(buttons_of(read)) == {"Naar de factuur"}


async def test_delivery_shows_the_question_to_its_readers_only(database: Database) -> None:
    """The live card is rendered for each reader; somebody of another organisation has none, and hears no line."""
    world = await make_world(database)
    await asked(world)

    def render(session: Any) -> Reply:
        reader = load_standings(session, [world.bram.id])[world.bram.id]
        return Reply(card=VIEWS["question"](session, reader, {"question": 1}, world.now, world.router.policy))

    assert "Question about invoice 2026-0001" in text_of(await world.database.read(render))

    def line(session: Any) -> list[str]:
        return lines_for(session, load_standings(session, [world.other.id])[world.other.id], [{"word": 1}])

    assert await world.database.read(line) == []
