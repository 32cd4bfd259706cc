"""Whatever a client sends, whoever sends it: the router answers, and never raises (no 5xx for anything sent)."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.routes import ROUTES
from bot.wire import Attachment, IncomingKind
from cards.clicks.base import Click
from cards.components import LIMIT_BYTES
from storage.database import open_database
from tests.bot.permitted import ROWS, id_fields
from tests.bot.stage import Stage, make_stage

CLICKS = {what.verb: what for what in ROUTES if issubclass(what, Click)}
WHO = ("anna", "other", "eva", "mia", "stranger", "outsider", "removed")

# Also what only some databases or encoders mind: NUL, lone surrogates, numbers beyond a column, half of an emoji.
texts = st.one_of(
    st.text(st.characters(), max_size=60),
    st.sampled_from(
        ["", " ", "\x00", "\ud83d", "'; drop table tickets; --", "{0}", "${x}", "%s", "💥" * 50, "x" * 9000]
    ),
)
# What the seam lets through: it takes NUL out, and a body with half of a character is no JSON to it.
spoken = texts.map(lambda text: text.replace("\x00", "").encode(errors="ignore").decode())
numbers = st.one_of(
    st.integers(-3, 2000), st.sampled_from([2**31 - 1, 2**31, 2**63, -(2**63), 10**40, 0.5, float("inf"), float("nan")])
)
plain = st.one_of(texts, numbers, st.booleans(), st.none(), st.sampled_from(["2026-11-23", "0001-01-01", "9999-12-31"]))
junk = st.recursive(plain, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3))


@st.composite
def inputs(draw: st.DrawFn, what: type[Click], stage: Stage) -> dict[str, Any]:
    """A payload that is right in most fields and anything in the others."""
    side = draw(st.sampled_from([stage.ours, stage.theirs]))
    right = {**ROWS[what].values, **{name: side[name] for name in id_fields(what)}, "form_id": "fuzz-form-0001"}
    found = {}
    for name in what.model_fields:
        match draw(st.integers(0, 9)):
            case 0:
                continue
            case 1 | 2 | 3:
                found[name] = draw(junk)
            case _:
                found[name] = right.get(name, "")
    if draw(st.integers(0, 9)) == 0:
        found |= draw(st.dictionaries(texts, junk, max_size=2))
    return found


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def played(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[asyncio.Runner, Stage]]:
    """A stage and its loop, on each engine; every example goes on where the last one ended."""
    postgres = None
    if request.param == "sqlite":
        path = tmp_path_factory.mktemp("fuzz") / "fuzz.sqlite"
        path.write_bytes(request.getfixturevalue("sqlite_template").read_bytes())
        url = f"sqlite:///{path}"
    else:
        postgres = request.getfixturevalue("postgres")
        name = postgres.lend()
        url = postgres.url(name)
    with asyncio.Runner() as runner:
        database = open_database(url)
        try:
            yield runner, runner.run(make_stage(database))
        finally:
            runner.run(database.close())
    if postgres is not None:
        postgres.take_back(name)


bounded = settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


def person(stage: Stage, who: str) -> Any:
    """Somebody of the stage by name."""
    return stage.removed if who == "removed" else getattr(stage.world, who)


@bounded
@given(st.data())
def test_any_payload_from_anybody(played: tuple[asyncio.Runner, Stage], data: st.DataObject) -> None:
    """Random payloads of every verb from every role are answered with a card that can be sent, a text, or nothing."""
    runner, stage = played
    what = CLICKS[data.draw(st.sampled_from(sorted(CLICKS)))]
    who = person(stage, data.draw(st.sampled_from(WHO)))
    kind = data.draw(st.sampled_from([IncomingKind.ACTION, IncomingKind.SUBMIT]))
    values = data.draw(inputs(what, stage))
    incoming = who.incoming(kind, verb=what.verb, inputs=values, reply_to_id=data.draw(st.sampled_from(["m1", None])))
    reply = runner.run(stage.world.router.handle(incoming, stage.world.now))
    if reply is not None and reply.card is not None:
        assert len(reply.card.json) <= LIMIT_BYTES
        orjson.loads(reply.card.json)


@bounded
@given(st.data())
def test_any_message_from_anybody(played: tuple[asyncio.Runner, Stage], data: st.DataObject) -> None:
    """Random words, files, edits, unknown verbs and locales are answered or ignored."""
    runner, stage = played
    who = person(stage, data.draw(st.sampled_from(WHO)))
    words = data.draw(
        st.one_of(spoken, st.sampled_from(["1001", "#1002 nee", "klanten: a", "nieuw ", "/help", "zoek %"]))
    )
    files = data.draw(st.lists(st.builds(Attachment, spoken, spoken, spoken, st.booleans()), max_size=2))
    incoming = who.incoming(
        data.draw(st.sampled_from(list(IncomingKind))),
        text=words,
        verb=data.draw(spoken),
        inputs=data.draw(st.dictionaries(spoken, junk, max_size=3)),
        attachments=tuple(files),
        name=data.draw(st.one_of(st.just(who.name), spoken)),
        locale=data.draw(st.one_of(st.sampled_from(["nl-NL", "en-US", ""]), spoken)),
        is_personal=data.draw(st.integers(0, 9)) > 0,
    )
    runner.run(stage.world.router.handle(incoming, stage.world.now))
