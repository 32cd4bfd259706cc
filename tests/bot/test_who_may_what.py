"""Everything a person can do × everybody who could try it (R4, D15, D32): nobody does or sees what is not theirs.

The rows are in tests/bot/permitted.py; a new verb without its row fails here. Whoever may not do a thing changes
nothing and reads nothing of anybody's, whatever ids the payload carries.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from bot.routes import ROUTES
from bot.wire import Reply
from cards.clicks import tickets as ticket_clicks
from cards.clicks.estimates import ShowEstimate
from cards.clicks.files import ShowFiles
from cards.clicks.hours import ShowEntries
from cards.clicks.people import ShowKnock
from cards.language import texts_for
from contract.people import Language, Role
from storage.database import open_database
from tests.bot.people import Somebody
from tests.bot.permitted import IDS, ROWS, id_fields
from tests.bot.stage import OURS, THEIRS, Stage, make_stage

pytestmark = pytest.mark.xdist_group("who may what")
NOBODYS = dict.fromkeys(IDS, 2**31 - 1)
NO = tuple(
    texts_for(language)("Your role does not allow that. Type help to see what you can do.") for language in Language
)
INSIDERS = (Role.CONTACT, Role.ENGINEER, Role.MANAGER)
NAMING = [what for what in ROUTES if id_fields(what)]
verbs = pytest.mark.parametrize("what", list(ROUTES), ids=lambda what: what.__name__)


def each(*pairs: tuple[type, Role]) -> pytest.MarkDecorator:
    """Once for each of these verbs with a role."""
    return pytest.mark.parametrize("what,role", pairs, ids=[f"{what.__name__}-{role}" for what, role in pairs])


@dataclass(frozen=True)
class Played:
    """A stage and the loop it lives in: one for all verbs, because nobody changes anything in the tests that deny."""

    runner: asyncio.Runner
    stage: Stage

    def __call__(self, who: Somebody, what: type, ids: dict[str, int], **values: Any) -> str:
        """What somebody reads who does this: texts and the payloads of all buttons."""
        return read(self.runner.run(self.stage.act(who, what, ids, **values)))

    def business(self) -> dict[str, list[Any]]:
        """Every row of the business."""
        return self.runner.run(self.stage.business())


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def played(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Played]:
    """The stage on each engine."""
    if request.param == "sqlite":
        template: Path = request.getfixturevalue("sqlite_template")
        path = tmp_path_factory.mktemp("stage") / "stage.sqlite"
        path.write_bytes(template.read_bytes())
        url, postgres = f"sqlite:///{path}", None
    else:
        postgres = request.getfixturevalue("postgres")
        name = postgres.lend()
        url = postgres.url(name)
    with asyncio.Runner() as runner:
        database = runner.run(opened(url))
        try:
            yield Played(runner, runner.run(make_stage(database)))
        finally:
            runner.run(database.close())
    if postgres is not None:
        postgres.take_back(name)


async def opened(url: str) -> Any:
    """Opened in the loop that uses it."""
    return open_database(url)


def read(reply: Reply | None) -> str:
    """Everything that reaches the person, buttons' payloads included."""
    if reply is None:
        return ""
    card = f"{reply.card.json.decode()} {reply.card.fallback_text}" if reply.card else ""
    return f"{reply.text or ''} {card}"


def test_every_verb_has_its_row() -> None:
    """Who may do it is written down here as well, and the two agree."""
    assert set(ROWS) == set(ROUTES)
    assert {what.__name__: ROUTES[what].who for what in ROUTES if ROUTES[what].who != ROWS[what].who} == {}


def test_the_owners_read_what_is_looked_for(played: Played) -> None:
    """The words that nobody else may read are there: their owners, and the staff, read them."""
    world = played.stage.world
    for what in (ticket_clicks.ShowTicket, ticket_clicks.ShowTickets, ShowEstimate, ShowFiles):
        assert OURS in played(world.anna, what, played.stage.ours)
        assert THEIRS in played(world.other, what, played.stage.theirs)
    assert OURS in played(world.eva, ShowEntries, played.stage.ours)
    assert "Steven Stranger" in played(world.mia, ShowKnock, played.stage.ours)


@verbs
def test_an_unknown_tenant_gets_nothing(played: Played, what: type) -> None:
    """Somebody of a tenant nobody knows reads one sentence without data, and leaves no trace."""
    before = played.business()
    said = played(played.stage.world.outsider, what, played.stage.ours)
    for word in (OURS, THEIRS, "Anna", "Bakkerij", "Olga", "Other Company"):
        assert word not in said
    assert played.business() == before


@verbs
@pytest.mark.parametrize("which", ["stranger", "removed contact"])
def test_who_is_no_contact_reads_who_is(played: Played, what: type, which: str) -> None:
    """A colleague who is no contact, or no longer, reads who the contacts are and nothing else (R4, D32)."""
    who = played.stage.world.stranger if which == "stranger" else played.stage.removed
    before = played.business()
    for ids in (played.stage.ours, played.stage.theirs):
        said = played(who, what, ids)
        for word in (OURS, THEIRS, "Olga", "Other Company"):
            assert word not in said
    if Role.STRANGER not in ROWS[what].who and what.__name__ != "Edited":
        assert "Anna de Vries" in said
    assert played.business() == before


@verbs
@pytest.mark.parametrize("side", ["ours", "theirs"])
def test_nobody_reaches_into_another_organisation(played: Played, what: type, side: str) -> None:
    """A contact who sends ids of another organisation's things changes nothing and reads nothing of it (R3)."""
    world = played.stage.world
    who, ids, word = {
        "ours": (world.other, played.stage.ours, OURS),
        "theirs": (world.anna, played.stage.theirs, THEIRS),
    }[side]
    before = played.business()
    said = played(who, what, ids)
    assert word not in said
    if id_fields(what):
        assert played.business() == before


@each(*((what, role) for what in ROUTES for role in INSIDERS if role not in ROUTES[what].who))
def test_a_role_that_does_not_allow_it(played: Played, what: type, role: Role) -> None:
    """Whoever has a role that does not allow it is told so, and nothing happens, although the ids are right."""
    world = played.stage.world
    who = {Role.CONTACT: world.anna, Role.ENGINEER: world.eva, Role.MANAGER: world.mia}[role]
    before = played.business()
    assert played(who, what, played.stage.ours).strip() in NO
    assert played.business() == before


@each(*((what, role) for what in NAMING for role in INSIDERS))
def test_ids_of_nothing(played: Played, what: type, role: Role) -> None:
    """Ids that nobody gave out do nothing, and are answered."""
    world = played.stage.world
    who = {Role.CONTACT: world.anna, Role.ENGINEER: world.eva, Role.MANAGER: world.mia}[role]
    before = played.business()
    assert played(who, what, NOBODYS) != ""
    assert played.business() == before


@pytest.mark.parametrize("what", [what for what in NAMING if len(id_fields(what)) > 1], ids=lambda what: what.__name__)
def test_things_of_two_customers_do_not_mix(played: Played, what: type) -> None:
    """One id of one customer and the others of another: nothing is written, whoever asks."""
    names = id_fields(what)
    world = played.stage.world
    before = played.business()
    for name in names:
        for who in (world.mia, world.eva, world.anna):
            played(who, what, {**played.stage.theirs, name: played.stage.ours[name]})
    assert played.business() == before


@each(*((what, role) for what in ROUTES for role in INSIDERS if role in ROUTES[what].who))
def test_who_may_is_let_through_and_a_replay_does_nothing(played: Played, what: type, role: Role) -> None:
    """Whoever may do it is not turned away for the role; the same payload sent again adds nothing."""
    world = played.stage.world
    who = {Role.CONTACT: world.anna, Role.ENGINEER: world.eva, Role.MANAGER: world.mia}[role]
    form = f"replay-{what.__name__[:20]}-{role}"
    said = played(who, what, played.stage.ours, form=form)
    assert said.strip() not in NO
    assert THEIRS not in said or role is not Role.CONTACT
    before = played.business()
    played(who, what, played.stage.ours, form=form)
    assert played.business() == before
