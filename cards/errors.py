"""What can go wrong in `cards`.

    CardsError
    ├── CardTooLarge          a card over the limit of 28 KB; views shorten their lists before that
    └── ClickError            what a client sent cannot be used
        ├── UnknownVerb       no payload class has this verb
        └── UnreadableClick   the values do not fit the payload class; `problems` says which, without repeating them
            └── UrgencyRefused  somebody sent an urgency where there is none to give (R12)

The texts for people are made where the error is answered, in the reader's language.
"""

from __future__ import annotations

from dataclasses import dataclass


class CardsError(Exception):
    """Anything `cards` raises."""


class CardTooLarge(CardsError):
    """The card would be `size_bytes` long, over `limit_bytes`."""

    def __init__(self, size_bytes: int, limit_bytes: int) -> None:
        super().__init__(size_bytes, limit_bytes)
        self.size_bytes = size_bytes
        self.limit_bytes = limit_bytes


class ClickError(CardsError):
    """What a client sent with `verb` cannot be used."""

    def __init__(self, verb: str) -> None:
        super().__init__(verb)
        self.verb = verb


class UnknownVerb(ClickError):
    """No payload class has this verb: an old card, or a forged one."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One value that does not fit: the field, and pydantic's name of what is wrong (`string_too_long`, `missing`)."""

    field: str
    kind: str


class UnreadableClick(ClickError):
    """The values sent do not fit the payload class. They are not kept: they may be what people wrote."""

    def __init__(self, verb: str, problems: tuple[Problem, ...]) -> None:
        super().__init__(verb)
        self.problems = problems

    def __str__(self) -> str:
        return f"{self.verb}: " + ", ".join(f"{problem.field} {problem.kind}" for problem in self.problems)


class UrgencyRefused(UnreadableClick):
    """An urgency was sent with a payload that has none: only staff sets it (R11, R12)."""
