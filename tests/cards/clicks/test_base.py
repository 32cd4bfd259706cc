"""Payloads travel to the client and back, whatever the client makes of them."""

from __future__ import annotations

from datetime import date, time
from enum import StrEnum
from typing import Annotated, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import Field, ValidationError

from cards.clicks import base
from cards.clicks.base import Click, Form, Id, clean, payload_classes, unpack
from cards.clicks.people import SetLanguage, ShowHelp
from cards.errors import Problem, UnknownVerb, UnreadableClick, UrgencyRefused
from contract.people import Language


class Colour(StrEnum):
    """A choice."""

    RED = "red"


class FillInThings(Form):
    """A form with one field of every kind."""

    ticket: Id
    text: Annotated[str, Field(max_length=10)] = ""
    needed: str = Field(default="", min_length=1)
    note: str | None = None
    minutes: int | None = None
    ticked: bool = False
    day: date | None = None
    at: time | None = None
    colour: Colour | None = None
    colours: tuple[Colour, ...] = ()
    names: list[str] = Field(default_factory=list)
    maybe: tuple[int, ...] | None = None


FORM = {"form_id": "form-0001", "ticket": 7, "needed": "x"}


def test_verb() -> None:
    """The verb is the class name in snake case."""
    assert FillInThings.verb == "fill_in_things"
    assert ShowHelp.verb == "show_help"


def test_an_abstract_class_has_no_verb() -> None:
    """A base of several payloads is not a payload."""
    assert Click.verb == Form.verb == ""
    assert "form" not in payload_classes()


def test_two_classes_with_one_verb_are_refused() -> None:
    """A verb means one class only, or a click could end in the wrong hands."""
    with pytest.raises(TypeError, match="show_help"):
        type("ShowHelp", (Click,), {"__module__": "cards.clicks.other"})


def test_payload_classes_are_those_of_the_product() -> None:
    """Classes made elsewhere, such as in tests, can not be reached by a verb."""
    assert payload_classes()["set_language"] is SetLanguage
    assert FillInThings.verb not in payload_classes()


def test_a_button_carries_what_was_set() -> None:
    """What the button sets travels as JSON values, what a person fills in does not."""
    click = FillInThings(form_id="form-0001", ticket=7)
    assert click.data() == {"form_id": "form-0001", "ticket": 7}
    assert SetLanguage(language=Language.NL).data() == {"language": "nl"}


def test_there_and_back() -> None:
    """What a button carries comes back as the same payload."""
    click = SetLanguage(language=Language.NL)
    assert unpack(click.verb, click.data()) == click


def test_everything_as_strings() -> None:
    """Clients send every value as a string."""
    read = FillInThings.unpacked(
        {
            "form_id": "form-0001",
            "ticket": "7",
            "text": "  Hello\r\nyou ",
            "needed": "x",
            "note": " n ",
            "minutes": "12",
            "ticked": "true",
            "day": "2026-11-24",
            "at": "09:05",
            "colour": "red",
            "colours": "red, red",
            "names": "a,b,,",
            "maybe": "1,2",
        }
    )
    assert read == FillInThings(
        form_id="form-0001",
        ticket=7,
        text="Hello\nyou",
        needed="x",
        note="n",
        minutes=12,
        ticked=True,
        day=date(2026, 11, 24),
        at=time(9, 5),
        colour=Colour.RED,
        colours=(Colour.RED, Colour.RED),
        names=["a", "b"],
        maybe=(1, 2),
    )


def test_nothing_filled_in() -> None:
    """Empty fields, whether sent as "", as null or not at all, are not given."""
    names = FillInThings.model_fields.keys() - FORM.keys()
    for nothing in ({}, dict.fromkeys(names, ""), dict.fromkeys(names)):
        read = FillInThings.unpacked({**FORM, **nothing})
        assert (read.text, read.note, read.minutes, read.ticked, read.day, read.colours) == (
            "",
            None,
            None,
            False,
            None,
            (),
        )


@pytest.mark.parametrize("sent", [{}, {"needed": ""}, {"needed": " \n"}, {"needed": None}])
def test_a_text_that_must_not_be_empty(sent: dict[str, Any]) -> None:
    """It may be missing when the button is made, and not when the click arrives, however the client leaves it out."""
    with pytest.raises(UnreadableClick) as caught:
        FillInThings.unpacked({"form_id": "form-0001", "ticket": 7, **sent})
    assert caught.value.problems == (Problem("needed", "string_too_short"),)


@pytest.mark.parametrize(
    "sent,problem",
    [
        ({"text": "x" * 11}, Problem("text", "string_too_long")),
        ({"needed": "x" * 4001}, Problem("needed", "string_too_long")),
        ({"ticket": "0"}, Problem("ticket", "greater_than_equal")),
        ({"ticket": str(2**31)}, Problem("ticket", "less_than_equal")),
        ({"ticket": "9" * 5000}, Problem("ticket", "int_parsing_size")),
        ({"ticket": ""}, Problem("ticket", "missing")),
        ({"minutes": "1.5"}, Problem("minutes", "int_parsing")),
        ({"ticked": "perhaps"}, Problem("ticked", "bool_parsing")),
        ({"day": "2026-02-30"}, Problem("day", "date_from_datetime_parsing")),
        ({"colour": "blue"}, Problem("colour", "enum")),
        ({"colours": "red,blue"}, Problem("colours.1", "enum")),
        ({"text": {"a": 1}}, Problem("text", "string_type")),
        ({"form_id": "x"}, Problem("form_id", "string_too_short")),
        ({"form_id": "../../etc/passwd"}, Problem("form_id", "string_pattern_mismatch")),
        ({"other": "1"}, Problem("other", "extra_forbidden")),
    ],
)
def test_what_does_not_fit_is_named(sent: dict[str, Any], problem: Problem) -> None:
    """An unreadable payload says which field is wrong and how, and never repeats the value."""
    with pytest.raises(UnreadableClick) as caught:
        FillInThings.unpacked({**FORM, **sent})
    assert caught.value.problems == (problem,)
    assert str(caught.value) == f"fill_in_things: {problem.field} {problem.kind}"


@pytest.mark.parametrize("name", ["urgency", "Urgency", "priority"])
def test_an_urgency_is_refused_as_such(name: str) -> None:
    """R12: the customer gives no urgency, and who sends one with a payload without it is told so."""
    with pytest.raises(UrgencyRefused) as caught:
        unpack("show_help", {name: "critical"})
    assert caught.value.verb == "show_help"


def test_what_teams_adds_is_ignored() -> None:
    """Teams and the fallback button add keys of their own."""
    assert unpack("show_help", {"msteams": {"type": "task"}, "verb": "show_help"}) == ShowHelp()


@pytest.mark.parametrize("verb", ["", "nope", "click", "form", "ShowHelp", "__class__"])
def test_an_unknown_verb_is_named(verb: str) -> None:
    """A verb without a payload class is an error of its own."""
    with pytest.raises(UnknownVerb) as caught:
        unpack(verb, {})
    assert caught.value.verb == verb


def test_a_payload_does_not_change() -> None:
    """Payloads are frozen and refuse fields they do not have also where we make them."""
    with pytest.raises(ValidationError):
        ShowHelp().verb2 = "x"  # type: ignore[attr-defined]
    with pytest.raises(ValidationError):
        ShowHelp(x=1)  # type: ignore[call-arg]
    with pytest.raises(ValidationError):
        ShowHelp.model_validate("x")


def test_clean() -> None:
    """Texts lose control characters and the space around them, and have one kind of line break."""
    assert clean(" a\x00b\r\nc\rd\te\x7f\ud800 ") == "ab\nc\nd\te"


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.sampled_from(["true", "", "12", "a,b"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.dictionaries(st.sampled_from([*FillInThings.model_fields, "urgency", "x"]), _JSON, max_size=6))
def test_nothing_a_client_sends_raises_anything_else(sent: dict[str, Any]) -> None:
    """Whatever JSON comes in, it is a payload or it is unreadable."""
    try:
        read = FillInThings.unpacked({**FORM, **sent})
    except UnreadableClick:
        return
    assert FillInThings.unpacked(read.data()).data().items() >= read.data().items()


def test_kinds() -> None:
    """A field's kinds are found through Optional and Annotated, and a list's element is none of them."""
    assert base._kinds(str | None) == {str, type(None)}
    assert base._kinds(tuple[int, ...] | None) == {tuple, type(None)}
    assert base._kinds(frozenset[str]) == {frozenset}
