"""Receipts that were edited, removed, swapped, put in or cut off are found, each where it is (D13, D15)."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.receipt_bodies import canonical, digest_of
from contract.receipt_chain import Fault, FaultKind, Head, verify_chain
from contract.receipts import SealedReceipt
from tests.receipt_chains import sealed_chain

CHAIN = sealed_chain(6)
HEAD = Head(6, CHAIN[-1].digest)
OTHERS = sealed_chain(6, other=100)
places = st.integers(0, 5)


def edited(sealed: SealedReceipt, **changed: object) -> SealedReceipt:
    """A receipt that says something else, with a digest made to fit."""
    body = canonical({**json.loads(sealed.body), **changed})
    return replace(sealed, body=body, digest=digest_of(body))


def kinds(*faults: Fault) -> list[tuple[FaultKind, int | None]]:
    """What is wrong with which receipt."""
    return [(fault.kind, fault.sequence) for fault in faults]


def test_worked_example() -> None:
    """The table in the docstring, line by line."""
    one, two, three, four = CHAIN[:4]
    assert verify_chain([one, two, three]) == ()
    forged = edited(two, allowed_minutes={"before": 120, "after": 420})
    assert kinds(*verify_chain([one, replace(forged, digest=two.digest), three])) == [(FaultKind.EDITED, 2)]
    assert kinds(*verify_chain([one, forged, three])) == [(FaultKind.UNLINKED, 3)]
    assert verify_chain([one, three]) == (Fault(FaultKind.REMOVED, 2, 2, 2),)
    assert verify_chain([one, three, two]) == (Fault(FaultKind.OUT_OF_ORDER, 2, 3, 3),)
    assert verify_chain([one, two], later=[four]) == (Fault(FaultKind.CUT_OFF, 3, other=3),)


def test_a_whole_chain_is_good() -> None:
    """As they were made, with the head that is known, and with any later or earlier ones from elsewhere."""
    assert verify_chain(CHAIN, head=HEAD) == ()
    assert verify_chain([], head=Head()) == ()
    assert verify_chain(CHAIN[:3], later=CHAIN) == ()
    assert verify_chain(CHAIN[:3], later=[CHAIN[3]]) == ()
    assert verify_chain(CHAIN, later=CHAIN[:2]) == ()


@given(places, st.data())
def test_any_edit_is_found(place: int, data: st.DataObject) -> None:
    """Any other character anywhere in any body, also where the digest was made to fit it."""
    body = CHAIN[place].body
    at = data.draw(st.integers(0, len(body) - 1))
    char = data.draw(st.characters(exclude_categories=["Cs"]).filter(lambda char: char != body[at]))
    other = body[:at] + char + body[at + 1 :]
    fits = data.draw(st.booleans())
    forged = replace(CHAIN[place], body=other, digest=digest_of(other) if fits else CHAIN[place].digest)
    assert verify_chain([*CHAIN[:place], forged, *CHAIN[place + 1 :]], head=HEAD) != ()


@given(st.sets(places, min_size=1, max_size=5))
def test_any_removal_is_found(gone: set[int]) -> None:
    """Whatever is taken out, at the begin, in the middle or off the end, when it is known how far the chain goes."""
    left = [sealed for place, sealed in enumerate(CHAIN) if place not in gone]
    found = verify_chain(left, head=HEAD)
    missing = {
        number
        for fault in found
        if fault.kind in (FaultKind.REMOVED, FaultKind.CUT_OFF)
        for number in range(fault.sequence or 0, (fault.other or 0) + 1)
    }
    assert missing == {place + 1 for place in gone}


@given(st.permutations(range(6)))
def test_any_swap_is_found(order: list[int]) -> None:
    """In any other order than they were made, something stands out of order; nothing is called missing."""
    found = verify_chain([CHAIN[place] for place in order])
    assert (found == ()) is (order == sorted(order))
    assert {fault.kind for fault in found} <= {FaultKind.OUT_OF_ORDER}


@given(places, st.integers(0, 6))
def test_anything_put_in_is_found(which: int, at: int) -> None:
    """Neither a copy nor a receipt of another chain fits in anywhere."""
    for strange in (CHAIN[which], OTHERS[which]):
        assert verify_chain([*CHAIN[:at], strange, *CHAIN[at:]]) != ()


@given(places, st.integers(1, 6))
def test_a_receipt_put_in_another_ones_place_is_found(which: int, length: int) -> None:
    """Also under the right number, with a digest of its own: the next one, or the head, knows the one it replaced."""
    place = min(which, length - 1)
    swapped = [*CHAIN[:place], OTHERS[place], *CHAIN[place + 1 : length]]
    assert verify_chain(swapped, head=Head(length, CHAIN[length - 1].digest)) != ()


@given(st.integers(1, 4), st.integers(2, 6))
def test_a_cut_is_found_with_any_later_one(left: int, later: int) -> None:
    """One later receipt is enough to see that those between are gone; one that follows at once proves nothing gone."""
    found = verify_chain(CHAIN[:left], later=[CHAIN[later - 1]])
    assert (found == ()) is (later <= left + 1)


def test_a_later_receipt_of_another_chain_contradicts() -> None:
    """Who rewrote everything is found by any one receipt that somebody kept, from before or right behind the end."""
    assert kinds(*verify_chain(CHAIN, later=[OTHERS[2]])) == [(FaultKind.CONTRADICTED, 3)]
    assert kinds(*verify_chain(CHAIN[:2], later=[OTHERS[2]])) == [(FaultKind.CONTRADICTED, 2)]
    unreadable = replace(OTHERS[3], body="?")
    assert verify_chain(CHAIN, later=[unreadable]) == ()


def test_the_head_says_where_the_chain_ends() -> None:
    """Shorter is cut off, longer goes too far, as long with another digest is another chain."""
    assert verify_chain(CHAIN[:3], head=HEAD) == (Fault(FaultKind.CUT_OFF, 4, other=6),)
    assert verify_chain([], head=HEAD) == (Fault(FaultKind.CUT_OFF, 1, other=6),)
    assert verify_chain(CHAIN, head=Head(4, CHAIN[3].digest)) == (Fault(FaultKind.TOO_FAR, 6, 6, 4),)
    assert kinds(*verify_chain(OTHERS, head=HEAD)) == [(FaultKind.CONTRADICTED, 6)]


def test_some_receipts_may_have_gaps() -> None:
    """Those of one customer: what is missing between and after is no fault, everything else still is."""
    some = [CHAIN[0], CHAIN[3], CHAIN[4]]
    assert verify_chain(some, is_whole=False, head=HEAD) == ()
    assert verify_chain(some, is_whole=False, later=[CHAIN[5]]) == ()
    assert kinds(*verify_chain([CHAIN[0], CHAIN[3], OTHERS[4]], is_whole=False)) == [(FaultKind.UNLINKED, 5)]
    assert kinds(*verify_chain([CHAIN[3], CHAIN[0]], is_whole=False)) == [(FaultKind.OUT_OF_ORDER, 1)]


def test_a_receipt_kept_under_another_number_is_found() -> None:
    """Two rows whose contents were exchanged still have their order: the numbers in the bodies tell."""
    placed = [replace(sealed, place=number) for number, sealed in enumerate(CHAIN, start=1)]
    assert verify_chain(placed) == ()
    placed[1], placed[2] = replace(placed[2], place=2), replace(placed[1], place=3)
    assert kinds(*verify_chain(placed)) == [
        (FaultKind.MISPLACED, 3),
        (FaultKind.MISPLACED, 2),
        (FaultKind.OUT_OF_ORDER, 2),
    ]


def test_the_first_names_nothing_before() -> None:
    """A first receipt with something before it is not the first of this chain."""
    assert kinds(*verify_chain([edited(CHAIN[0], previous="ab" * 32)])) == [(FaultKind.UNLINKED, 1)]


@pytest.mark.parametrize("place", [None, 2])
def test_what_can_not_be_read_is_named_by_its_place(place: int | None) -> None:
    """A body that was destroyed has no number of its own any more: it is named by where it stands."""
    broken = replace(CHAIN[1], body="{}", place=place)
    found = kinds(*verify_chain([CHAIN[0], broken, CHAIN[2]]))
    assert found == [(FaultKind.UNREADABLE, place), *([] if place else [(FaultKind.REMOVED, 2)])]
    other = replace(broken, digest="ab" * 32, place=2)
    assert kinds(*verify_chain([CHAIN[0], other, CHAIN[2]])) == [(FaultKind.UNREADABLE, 2), (FaultKind.UNLINKED, 3)]
