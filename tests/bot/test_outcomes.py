"""What a piece of work is, and how long failures keep it waiting."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from bot.outcomes import MOST_ATTEMPTS, Done, Kind, Outcome, Work, back_off_s, take_first
from storage.mailboxes import Letter
from tests.bot.deliveries import START


async def _done(_work: Work) -> Outcome:
    return Done()


def letters(kinds: str) -> Sequence[Letter]:
    """A letter for each character, of the kind it names."""
    return [Letter(number, kind, {"n": number}, 0, START, None, None, "t") for number, kind in enumerate(kinds)]


@pytest.mark.parametrize(
    "waiting, count", [("l", 1), ("lll", 3), ("lllll", 3), ("llp", 2), ("pll", 1), ("ppp", 1), ("xx", 1)]
)
def test_only_consecutive_rows_of_a_kind_that_bundles_go_together(waiting: str, count: int) -> None:
    """The next work is as many rows of the first one's kind as it bundles, until another kind comes."""
    kinds = {"l": Kind("l", _done, bundles=3), "p": Kind("p", _done)}
    assert take_first(letters(waiting), kinds) == count


def test_a_bundle_has_all_payloads_and_the_latest_first_hand() -> None:
    """A bundle knows everything that was enqueued; its payload is the latest."""
    work = Work("person:1", tuple(letters("ll")))
    assert (work.kind, work.tenant, work.payload, work.payloads) == ("l", "t", {"n": 1}, [{"n": 0}, {"n": 1}])


def test_back_off_grows_to_five_minutes() -> None:
    """Eight attempts take between 7 and 13 minutes; no wait is longer than 5 minutes, and no two the same."""
    waits = [[back_off_s(fails) for fails in range(1, MOST_ATTEMPTS)] for _ in range(200)]
    assert all(6 * 60 < sum(one) < 13 * 60 for one in waits)
    assert all(0.25 <= one[0] <= 0.5 and max(one) <= 300 for one in waits)
    assert len({one[-1] for one in waits}) > 190
