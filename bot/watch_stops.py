"""A manager stops and starts the watching of a customer's contacts, with a reason (R4, D32)."""

from __future__ import annotations

from bot import watches
from bot.customers import customer_answer
from bot.tickets import new_form_id
from bot.turn import Answer, Turn
from cards.accounts import watch_stop_form
from cards.clicks.accounts import StartWatchStop, StopWatching, WatchAgain
from storage.contacts import load_customer
from storage.watches import load_watch


def start_watch_stop(turn: Turn, click: StartWatchStop) -> Answer:
    """Ask why."""
    return watch_stop_form(load_customer(turn.session, click.customer), new_form_id(), turn.language)


def stop_watching(turn: Turn, click: StopWatching) -> Answer:
    """Watch no longer. A second submit finds it done."""
    watches.stop_watching(turn.session, click.customer, turn.now, by=turn.person.id, why=click.reason)
    return customer_answer(turn, click.customer)


def watch_again(turn: Turn, click: WatchAgain) -> Answer:
    """Watch again what was stopped."""
    watch = load_watch(turn.session, click.customer)
    if watch is not None:
        watches.watch_again(turn.session, click.customer, turn.now)
    return customer_answer(turn, click.customer)
