"""By which way a contact is reached, and since when (R5)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.reachability import InstallState, Reach, Reachability, Signs, reachability

MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
TUESDAY, FRIDAY = MONDAY + timedelta(days=1), MONDAY + timedelta(days=4)
NEW = Signs(has_chat=False, appointed_at=MONDAY, has_address=True, sends_mail=True)
CHATS = Signs(has_chat=True, installed_at=MONDAY, heard_at=FRIDAY, has_address=True, sends_mail=True)


@pytest.mark.parametrize(
    "signs,expected",
    [
        (CHATS, Reachability(Reach.TEAMS, MONDAY, FRIDAY)),
        (replace(CHATS, unreachable_since=TUESDAY), Reachability(Reach.MAIL, TUESDAY, FRIDAY, is_refused=True)),
        (
            replace(CHATS, unreachable_since=TUESDAY, has_address=False),
            Reachability(Reach.NOT_AT_ALL, TUESDAY, FRIDAY, is_refused=True),
        ),
        (replace(CHATS, has_chat=False), Reachability(Reach.MAIL, None, FRIDAY, is_refused=True)),
        (
            replace(NEW, install_state=InstallState.INSTALLED, install_at=TUESDAY),
            Reachability(Reach.INSTALLED, TUESDAY),
        ),
        (replace(NEW, install_state=InstallState.ASKED, install_at=TUESDAY), Reachability(Reach.ASKED, TUESDAY)),
        (replace(NEW, install_state=InstallState.REFUSED, install_at=TUESDAY), Reachability(Reach.ASKED, TUESDAY)),
        (
            replace(NEW, install_state=InstallState.REFUSED, install_at=TUESDAY, sends_mail=False),
            Reachability(Reach.NOT_AT_ALL, TUESDAY),
        ),
        (NEW, Reachability(Reach.MAIL, MONDAY)),
        (replace(NEW, has_address=False), Reachability(Reach.NOT_AT_ALL, MONDAY)),
    ],
)
def test_worked_examples(signs: Signs, expected: Reachability) -> None:
    """Each line of the rule, and what is left where no mail goes out."""
    assert reachability(signs) == expected


SIGNS = st.builds(
    Signs,
    has_chat=st.booleans(),
    appointed_at=st.just(MONDAY),
    installed_at=st.none() | st.just(MONDAY),
    heard_at=st.none() | st.just(FRIDAY),
    unreachable_since=st.none() | st.just(TUESDAY),
    install_state=st.none() | st.sampled_from(InstallState),
    install_at=st.none() | st.just(TUESDAY),
    has_address=st.booleans(),
    sends_mail=st.booleans(),
)


@given(SIGNS)
def test_only_a_chat_that_takes_messages_is_good(signs: Signs) -> None:
    """Nobody counts as reachable in Teams without a chat that Teams delivers to, whatever else is known."""
    assert reachability(signs).reach.is_good == (signs.has_chat and signs.unreachable_since is None)


@given(SIGNS)
def test_mail_needs_an_address_and_a_server(signs: Signs) -> None:
    """Nobody is shown as reached by mail to whom no mail can go."""
    if reachability(signs).reach is Reach.MAIL:
        assert signs.has_address
        assert signs.sends_mail
