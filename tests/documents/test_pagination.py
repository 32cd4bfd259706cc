"""Which part goes on which page: chains stay whole where a page can hold them, heads are left room for."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from documents.pagination import Part, kept_together, paginate


def part(height: float, *, is_kept: bool = False, is_in_table: bool = False) -> Part:
    """A part that draws nothing."""
    return Part(height, lambda _: None, is_kept=is_kept, is_in_table=is_in_table)


def heights(parts: list[Part], *, room: float = 100, head: float = 10) -> list[list[float]]:
    """The heights of the parts, page by page."""
    return [[one.height for one in page] for page in paginate(parts, room=room, head=head)]


def test_a_page_is_filled_to_its_edge() -> None:
    """What fits exactly is on the page, what does not begins the next."""
    assert heights([part(60), part(40), part(1)]) == [[60, 40], [1]]


def test_a_chain_moves_as_a_whole() -> None:
    """A part that is kept with the next moves with it."""
    assert heights([part(60), part(20, is_kept=True), part(30)]) == [[60], [20, 30]]
    assert heights([part(60), part(20, is_kept=True), part(20)]) == [[60, 20, 20]]


def test_a_chain_that_no_page_holds_is_cut() -> None:
    """It begins where it is and goes on on the next page; the part of a table there has the head above it."""
    chain = [part(60, is_kept=True, is_in_table=True), part(60, is_in_table=True), part(30, is_in_table=True)]
    assert heights(chain) == [[60], [60, 30]]
    assert heights([*chain, part(1, is_in_table=True)]) == [[60], [60, 30], [1]]


def test_the_repeated_head_takes_room() -> None:
    """A page that begins inside the table holds less by the head."""
    assert heights([part(100), part(95, is_in_table=True), part(1)]) == [[100], [95], [1]]
    assert heights([part(100), part(89, is_in_table=True), part(1)]) == [[100], [89, 1]]


def test_kept_together() -> None:
    """Every part is kept with the next, the last one with nothing more than before."""
    assert [one.is_kept for one in kept_together([part(1), part(2), part(3)])] == [True, True, False]
    assert kept_together([]) == []


@given(st.lists(st.tuples(st.integers(1, 90), st.booleans(), st.booleans()), min_size=1, max_size=60))
def test_nothing_is_lost_and_no_page_overflows(made: list[tuple[int, bool, bool]]) -> None:
    """All parts in their order; a page holds what fits, and no page is empty."""
    parts = [part(height, is_kept=is_kept, is_in_table=is_in_table) for height, is_kept, is_in_table in made]
    pages = paginate(parts, room=100, head=10)
    assert [one for page in pages for one in page] == parts
    for number, page in enumerate(pages):
        head = 10 if number and page[0].is_in_table else 0
        assert page
        assert sum(one.height for one in page) + head <= 100
