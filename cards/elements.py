"""adaptive-cards-py's components, made strict and put right. The only file that subclasses them.

adaptive-cards-py 0.4.3, as found by running it:

- unknown keywords are silently ignored: every class here forbids them;
- every action is sent with `"mode": "primary"`: the default is None here and stays out of the card;
- cards, nested ones too, default to version 1.0: 1.5 here, the newest that Teams renders;
- `refresh.action` is a `str`, and `refresh` lacks its type: `Refresh` here takes a real `Execute`;
- `to_dict` leaves enum members in the dictionary: `to_bytes` writes JSON straight from the components, enums as values;
- `isEnabled` is not supported by Teams: nothing here sets it, and a card is replaced instead.

Components are built with their constructors and are never changed afterwards, so that they may be shared between cards.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, TypeVar

import adaptive_cards.card as upstream
from adaptive_cards import types
from pydantic import BaseModel, ConfigDict, Field, SerializeAsAny
from pydantic.alias_generators import to_camel
from pydantic_core import to_json

T = TypeVar("T")

VERSION = "1.5"
_STRICT = ConfigDict(extra="forbid", alias_generator=to_camel, populate_by_name=True)


class TextBlock(upstream.TextBlock):
    """Text that clients read as markdown."""

    model_config = _STRICT


class TextRun(upstream.TextRun):
    """Text that no client reads as markdown."""

    model_config = _STRICT


class RichTextBlock(upstream.RichTextBlock):
    """A paragraph of text runs."""

    model_config = _STRICT


class Container(upstream.Container):
    """Elements below one another, with a background of their own where wanted."""

    model_config = _STRICT


class Column(upstream.Column):
    """One of the columns of a set."""

    model_config = _STRICT


class ColumnSet(upstream.ColumnSet):
    """Columns beside each other."""

    model_config = _STRICT


class Fact(upstream.Fact):
    """A label and a value; clients read both as markdown."""

    model_config = _STRICT


class FactSet(upstream.FactSet):
    """Labels with values, aligned."""

    model_config = _STRICT


class Image(upstream.Image):
    """A picture; `alt_text` is required, unlike upstream."""

    model_config = _STRICT
    alt_text: str


class InputText(upstream.InputText):
    """A field for text."""

    model_config = _STRICT


class InputNumber(upstream.InputNumber):
    """A field for a whole number."""

    model_config = _STRICT


class InputDate(upstream.InputDate):
    """A field for a date."""

    model_config = _STRICT
    min: str | None = None


class InputTime(upstream.InputTime):
    """A field for a time of day."""

    model_config = _STRICT


class InputToggle(upstream.InputToggle):
    """A tick box."""

    model_config = _STRICT


class InputChoice(upstream.InputChoice):
    """One of the choices of a set."""

    model_config = _STRICT


class PeopleQuery(BaseModel):
    """Choices that Teams itself looks up: people of the reader's own organisation. Not in the schema; Teams has it."""

    model_config = _STRICT
    type: Literal["Data.Query"] = "Data.Query"
    dataset: Literal["graph.microsoft.com/users"] = "graph.microsoft.com/users"


class InputChoiceSet(upstream.InputChoiceSet):
    """A choice out of several."""

    model_config = _STRICT
    choices_query: PeopleQuery | None = Field(default=None, serialization_alias="choices.data", alias_priority=2)


class Submit(upstream.ActionSubmit):
    """A button for clients without `Action.Execute`: its values arrive as a message."""

    model_config = _STRICT
    mode: types.ActionMode | None = None


class Execute(upstream.ActionExecute):
    """A button whose answer replaces the card."""

    model_config = _STRICT
    mode: types.ActionMode | None = None


class OpenUrl(upstream.ActionOpenUrl):
    """A button that opens a page."""

    model_config = _STRICT
    mode: types.ActionMode | None = None


class ShowCard(upstream.ActionShowCard):
    """A button that unfolds a card inside the card."""

    model_config = _STRICT
    mode: types.ActionMode | None = None


class ActionSet(upstream.ActionSet):
    """Buttons beside each other."""

    model_config = _STRICT


class Refresh(types.Refresh):
    """What the client asks by itself when it shows an older card. Without `user_ids`: for everybody in a small chat."""

    model_config = _STRICT
    type: Literal["Refresh"] = "Refresh"
    action: SerializeAsAny[Execute] | None = None  # type: ignore[assignment]  # a str upstream, against the schema


class AdaptiveCard(upstream.AdaptiveCard):
    """A card of schema 1.5."""

    model_config = _STRICT
    version: str = VERSION
    refresh: Refresh | None = None


Element = upstream.ElementT
"""What may stand in a card. Typed as upstream's union, because its lists are invariant."""
Action = upstream.ActionT

# The constructors' types are written as strings upstream and must be looked up there.
_NAMES = {**vars(upstream), "Execute": Execute, "Refresh": Refresh}
for _model in list(vars().values()):
    if isinstance(_model, type) and issubclass(_model, BaseModel) and _model.__module__ == __name__:
        _model.model_rebuild(force=True, _types_namespace=_NAMES)


def present(elements: Sequence[T | None]) -> list[T]:
    """`elements` without None."""
    return [element for element in elements if element is not None]


def to_bytes(card: AdaptiveCard) -> bytes:
    """The card as JSON (UTF-8)."""
    return to_json(card, by_alias=True, exclude_none=True, serialize_as_any=True)
