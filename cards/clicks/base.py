"""Payload classes: what a button carries and what comes back when it is clicked. One per button, named as it says.

    class AnswerTicket(Form):
        number: TicketNumber                                # set by the button
        text: str = Field(default="", min_length=1)         # typed into the field with this id

    execute(t("Send answer"), AnswerTicket(form_id=form_id, number=1001))
    unpack("answer_ticket", {"form_id": "…", "number": 1001, "text": " Done "})   # → AnswerTicket(..., text="Done")

What a button carries are ordinary fields. What a person fills in has a default, so that the button can be made without
it; a text that must not be empty says so by `min_length`, checked when the click arrives, not when the button is made.

Clients send what they like: everything may arrive as a string, fields left empty as "" or not at all, several choices
with commas between. `Click` reads all of that, and refuses fields it does not have.
"""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Mapping
from functools import cache
from types import NoneType
from typing import Annotated, Any, ClassVar, Self, get_args, get_origin

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from cards.errors import Problem, UnknownVerb, UnreadableClick, UrgencyRefused

LONGEST_TEXT = 4000
"""Characters of a text field that sets no `max_length` of its own."""

Id = Annotated[int, Field(ge=1, le=2**31 - 1)]
"""A row's number as it fits a database column."""

_TEAMS_OWN = frozenset({"msteams", "verb"})
_NOT_TEXT = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
_URGENCY = frozenset({"urgency", "priority"})
_by_verb: dict[str, type[Click]] = {}


def _kinds(annotation: Any) -> set[Any]:
    """The classes a field may hold: `tuple[int, ...] | None` → {tuple, NoneType}."""
    origin = get_origin(annotation)
    if origin is None:
        return {annotation}
    if isinstance(origin, type) and issubclass(origin, (tuple, list, frozenset)):
        return {origin}
    return set().union(*map(_kinds, get_args(annotation)))


class Click(BaseModel):
    """The base of all payloads. Its `verb` is the class name in snake case; a class with `abstract=True` has none."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", str_max_length=LONGEST_TEXT, coerce_numbers_to_str=True, validate_default=False
    )
    verb: ClassVar[str] = ""
    _texts: ClassVar[frozenset[str]] = frozenset()
    _lists: ClassVar[frozenset[str]] = frozenset()

    def __init_subclass__(cls, *, abstract: bool = False, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)

    @classmethod
    def __pydantic_init_subclass__(cls, *, abstract: bool = False, **kwargs: Any) -> None:
        super().__pydantic_init_subclass__(**kwargs)
        kinds = {name: _kinds(field.annotation) for name, field in cls.model_fields.items()}
        cls._texts = frozenset(name for name, found in kinds.items() if str in found and NoneType not in found)
        cls._lists = frozenset(name for name, found in kinds.items() if found & {tuple, list, frozenset})
        cls.verb = "" if abstract else re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", cls.__name__).lower()
        if not abstract:
            other = _by_verb.setdefault(cls.verb, cls)
            if other is not cls:
                raise TypeError(f"{cls.__module__} and {other.__module__} both have a payload class for {cls.verb}")

    @model_validator(mode="before")
    @classmethod
    def _read(cls, values: Any) -> Any:
        """What clients send → what the fields expect: "" is not given, texts are cleaned, lists are split."""
        if not isinstance(values, Mapping):
            return values
        read: dict[str, Any] = {}
        for name, value in values.items():
            if not isinstance(value, str):
                read[name] = value
            elif name in cls._lists:
                read[name] = tuple(part for part in map(str.strip, clean(value).split(",")) if part)
            else:
                read[name] = clean(value) if name in cls._texts else clean(value) or None
        return {name: value for name, value in read.items() if value is not None}

    def data(self) -> dict[str, Any]:
        """What the button carries: the fields that were set, as JSON values."""
        return self.model_dump(mode="json", exclude_unset=True, exclude_none=True)

    @classmethod
    def unpacked(cls, inputs: Mapping[str, Any]) -> Self:
        """The click that a client sent as `inputs`.

        Raises UnreadableClick, and UrgencyRefused for an urgency it has no field for (R12).
        """
        empty = {name: "" for name in cls._texts if not cls.model_fields[name].is_required()}
        sent = {name: value for name, value in inputs.items() if value is not None and name not in _TEAMS_OWN}
        try:
            return cls.model_validate({**empty, **sent})
        except ValidationError as error:
            problems = tuple(
                Problem(field=".".join(map(str, found["loc"])), kind=found["type"])
                for found in error.errors(include_url=False, include_input=False, include_context=False)
            )
        unknown = {problem.field.lower() for problem in problems if problem.kind == "extra_forbidden"}
        raise (UrgencyRefused if unknown & _URGENCY else UnreadableClick)(cls.verb, problems)


class Form(Click, abstract=True):
    """A payload that comes with the fields of a card, and that may be submitted once.

    `form_id` is made when the form is rendered; a second submit of the same form gets the first one's
    result.
    """

    form_id: Annotated[str, Field(min_length=8, max_length=64, pattern=r"^[A-Za-z0-9_-]+$")]


def clean(text: str) -> str:
    """`text` without control characters and the white space around it; line breaks become newlines."""
    return _NOT_TEXT.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).strip()


@cache
def payload_classes() -> Mapping[str, type[Click]]:
    """Every payload class of `cards.clicks` by its verb."""
    package = importlib.import_module("cards.clicks")
    for module in pkgutil.iter_modules(package.__path__):
        importlib.import_module(f"cards.clicks.{module.name}")
    return {verb: found for verb, found in _by_verb.items() if found.__module__.startswith("cards.clicks.")}


def unpack(verb: str, inputs: Mapping[str, Any]) -> Click:
    """The click that a client sent. Raises UnknownVerb, UnreadableClick or UrgencyRefused, and nothing else."""
    found = payload_classes().get(verb)
    if found is None:
        raise UnknownVerb(verb)
    return found.unpacked(inputs)
