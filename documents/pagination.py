"""Which part of a document goes on which page: rows keep together, and no page begins with a lonely total.

A part that is kept with the next one goes where that one fits too. A chain of such parts that no page can hold is cut
after all. Where a page begins inside a table, room is left for the table's head.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Part:
    """Something of a known height; `draw` is told where its top is."""

    height: float
    draw: Callable[[float], None]
    is_kept: bool = False
    """Whether it stays on one page with the next part."""
    is_in_table: bool = False


def kept_together(parts: Sequence[Part]) -> list[Part]:
    """The parts as one chain; the last one is kept with nothing more than before."""
    return [*(replace(part, is_kept=True) for part in parts[:-1]), *parts[-1:]]


def paginate(parts: Sequence[Part], *, room: float, head: float) -> list[list[Part]]:
    """The parts by page; `room` is the height of a page, `head` what a table's head takes where it is repeated."""
    pages: list[list[Part]] = [[]]
    left = room
    for chain in _chains(parts):
        needed = sum(part.height for part in chain)
        whole = room - (head if chain[0].is_in_table else 0)
        for part in chain:
            # A chain that fits on a page begins where there is room for all of it.
            wanted = needed if part is chain[0] and needed <= whole else part.height
            if wanted > left and pages[-1]:
                pages.append([])
                left = room - (head if part.is_in_table else 0)
            pages[-1].append(part)
            left -= part.height
    return pages


def _chains(parts: Sequence[Part]) -> Iterator[list[Part]]:
    chain: list[Part] = []
    for part in parts:
        chain.append(part)
        if not part.is_kept:
            yield chain
            chain = []
    if chain:
        yield chain
