"""The fields of a form. Every one has a label, and a required one says what is missing.

`field` is the name of the field of the payload class that the form's button carries. Clients check little and old ones
nothing: the payload class checks again. Values come back as strings (see `cards/clicks/base.py`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, time

from adaptive_cards.types import ChoiceInputStyle

from cards.elements import (
    InputChoice,
    InputChoiceSet,
    InputDate,
    InputNumber,
    InputText,
    InputTime,
    InputToggle,
    PeopleQuery,
)
from cards.plain_text import harmless, unlinked

NOBODY = "0"
"""What a people picker sends where none of the people was chosen."""


def text_input(
    field: str,
    label: str,
    *,
    value: str = "",
    multiline: bool = False,
    required: bool = False,
    max_length: int | None = None,
    placeholder: str | None = None,
    error: str | None = None,
) -> InputText:
    """A field for text. `error` is what the client shows when a required field is empty, and is needed then."""
    return InputText(
        id=field,
        label=harmless(label),
        value=value or None,
        is_multiline=multiline or None,
        max_length=max_length,
        placeholder=placeholder,
        is_required=_required(required, error),
        error_message=error,
    )


def number_input(
    field: str,
    label: str,
    *,
    value: int | None = None,
    least: int | None = None,
    most: int | None = None,
    required: bool = False,
    placeholder: str | None = None,
    error: str | None = None,
) -> InputNumber:
    """A field for a whole number from `least` to `most`."""
    return InputNumber(
        id=field,
        label=harmless(label),
        value=value,
        min=least,
        max=most,
        placeholder=placeholder,
        is_required=_required(required, error),
        error_message=error,
    )


def date_input(
    field: str,
    label: str,
    *,
    value: date | None = None,
    first: date | None = None,
    last: date | None = None,
    required: bool = False,
    error: str | None = None,
) -> InputDate:
    """A field for a calendar day, `first` to `last`."""
    return InputDate(
        id=field,
        label=harmless(label),
        value=value.isoformat() if value else None,
        min=first.isoformat() if first else None,
        max=last.isoformat() if last else None,
        is_required=_required(required, error),
        error_message=error,
    )


def time_input(
    field: str, label: str, *, value: time | None = None, required: bool = False, error: str | None = None
) -> InputTime:
    """A field for a time of day, to the minute."""
    return InputTime(
        id=field,
        label=harmless(label),
        value=f"{value:%H:%M}" if value else None,
        is_required=_required(required, error),
        error_message=error,
    )


def toggle_input(field: str, label: str, title: str, *, value: bool = False) -> InputToggle:
    """A tick box: `label` above it names the subject, `title` beside it says what ticking it means."""
    return InputToggle(
        id=field,
        label=harmless(label),
        title=unlinked(title),
        value="true" if value else "false",
        value_on="true",
        value_off="false",
        wrap=True,
    )


def choice_input(
    field: str,
    label: str,
    choices: Mapping[str, str],
    *,
    value: str | Iterable[str] = (),
    expanded: bool = False,
    several: bool = False,
    required: bool = False,
    placeholder: str | None = None,
    error: str | None = None,
) -> InputChoiceSet:
    """A choice out of `choices` (value sent → text shown).

    A drop-down list, radio buttons (`expanded`) or tick boxes (`several`): these come back in one string with commas
    between, so no value may have one.
    """
    chosen = value if isinstance(value, str) else ",".join(value)
    return InputChoiceSet(
        id=field,
        label=harmless(label),
        choices=[InputChoice(title=unlinked(title), value=sent) for sent, title in choices.items()],
        value=chosen or None,
        style=ChoiceInputStyle.EXPANDED if expanded or several else ChoiceInputStyle.COMPACT,
        is_multi_select=several or None,
        placeholder=placeholder,
        is_required=_required(required, error),
        error_message=error,
        wrap=True,
    )


def people_input(field: str, label: str, nobody: str, *, placeholder: str | None = None) -> InputChoiceSet:
    """A person of the reader's own organisation, found by typing; an object id comes back, or NOBODY.

    A client that knows no people picker only offers `nobody`, so there is always another field beside it.
    """
    return InputChoiceSet(
        id=field,
        label=harmless(label),
        choices=[InputChoice(title=unlinked(nobody), value=NOBODY)],
        choices_query=PeopleQuery(),
        style=ChoiceInputStyle.COMPACT,
        placeholder=placeholder,
    )


def _required(required: bool, error: str | None) -> bool | None:
    if required and not error:
        raise ValueError("a required field needs the error text its reader sees when it is empty")
    return required or None
