"""The tree of refusals: drawn as it is, facts and no text, each with the rule it comes from."""

from __future__ import annotations

import inspect
import re
from types import ModuleType

import pytest

from contract import errors, term_errors
from contract.errors import OverAllowance, Refusal

MODULES = errors, term_errors
"""The root of the tree, and the branches that have a file of their own."""

DRAWN = re.compile(r"^([ │├└─]*)(\w+)", re.MULTILINE)


def classes(module: ModuleType) -> list[type[Refusal]]:
    """The refusals a module defines, without the root."""
    found = inspect.getmembers(module, inspect.isclass)
    return [
        kind
        for _, kind in found
        if issubclass(kind, Refusal) and kind.__mro__[1] is not Exception and kind.__module__ == module.__name__
    ]


def drawn(module: ModuleType) -> dict[str, str]:
    """The parent of every class, as the drawing in the module's docstring has it."""
    parents: dict[str, str] = {}
    above: dict[int, str] = {}
    for lead, name in DRAWN.findall((module.__doc__ or "").partition("Refusal\n")[2].partition("\n\n")[0]):
        depth = len(lead)
        parents[name] = above.get(depth - 4, "Refusal")
        above[depth] = name
    return parents


def test_worked_example() -> None:
    """An entry over the allowance is refused with the minutes that are left, as a refusal of an entry (D12)."""
    refused = OverAllowance(20)
    assert refused.remaining_minutes == 20
    assert isinstance(refused, errors.EntryRefusal)


@pytest.mark.parametrize("module", MODULES)
def test_the_drawing_is_the_tree(module: ModuleType) -> None:
    """The docstring draws every class under its parent, so that a reader can trust it."""
    assert drawn(module) == {found.__name__: found.__mro__[1].__name__ for found in classes(module)}


@pytest.mark.parametrize("found", [found for module in MODULES for found in classes(module)])
def test_each_names_its_rule(found: type[Refusal]) -> None:
    """Every refusal cites the sentence of the contract, or the decision, that it comes from."""
    assert re.search(r"\b[RD]\d+", found.__doc__ or "")


def test_refusals_can_be_told_apart_when_raised() -> None:
    """A refusal carries its traceback like any exception, and two of them are not the same one."""
    with pytest.raises(OverAllowance) as caught:
        raise OverAllowance(remaining_minutes=5)
    assert caught.value.__traceback__ is not None
    assert OverAllowance(5) != OverAllowance(5)
