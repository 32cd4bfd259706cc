"""Who can be a contact, what follows from a change of an account, and how long a known state holds (R4, D15, D32)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.accounts import (
    BELIEVED_AFTER,
    KNOWN_STATE_HOLDS,
    AccountChange,
    AccountState,
    ChangeKind,
    DirectoryAccount,
    WhyNot,
    changes_between,
    is_coming_back,
    judge_account,
    judge_found,
    may_only_read,
)

MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
PIET = DirectoryAccount(
    object_id="o-1",
    name="Piet Puk",
    user_principal_name="p.puk@brood.example",
    mail="piet@brood.example",
    language="nl-NL",
    is_guest=False,
    state=AccountState.ENABLED,
)


def test_one_enabled_account_is_taken() -> None:
    """Either address of the account does, upper and lower case aside, and what else was found does not count."""
    other = replace(PIET, object_id="o-2", user_principal_name="pieter@brood.example", mail=None)
    for typed in ("piet@brood.example", " PIET@Brood.example ", "p.puk@brood.example"):
        assert judge_found([other, PIET, PIET], typed) == PIET
    assert judge_found([other], "pieter@brood.example") == other


def test_an_alias_is_an_address_of_the_account() -> None:
    """What the directory keeps as a further address of one account counts; of two accounts it says nothing (R4)."""
    alias = replace(PIET, aliases=("piet@brood.example", "Inkoop@brood.example"))
    assert judge_found([alias], "inkoop@BROOD.example") == alias
    shared = replace(PIET, object_id="o-2", aliases=("inkoop@brood.example",))
    assert judge_found([alias, shared], "inkoop@brood.example") is WhyNot.SEVERAL_ACCOUNTS
    assert judge_found([replace(alias, is_guest=True)], "inkoop@brood.example") is WhyNot.GUEST
    assert judge_found([replace(alias, state=AccountState.DISABLED)], "inkoop@brood.example") is WhyNot.DISABLED


@pytest.mark.parametrize(
    "found,why",
    [
        ([], WhyNot.UNKNOWN_ADDRESS),
        ([replace(PIET, mail="piets@brood.example", user_principal_name="")], WhyNot.UNKNOWN_ADDRESS),
        ([PIET, replace(PIET, object_id="o-2")], WhyNot.SEVERAL_ACCOUNTS),
        ([replace(PIET, is_guest=True)], WhyNot.GUEST),
        ([replace(PIET, is_guest=True, state=AccountState.DISABLED)], WhyNot.GUEST),
        ([replace(PIET, state=AccountState.DISABLED)], WhyNot.DISABLED),
        ([replace(PIET, state=AccountState.DELETED)], WhyNot.DELETED),
        ([replace(PIET, state=AccountState.GONE)], WhyNot.DELETED),
    ],
)
def test_why_somebody_is_not_taken(found: list[DirectoryAccount], why: WhyNot) -> None:
    """A guest, a disabled, a deleted and an unknown account are refused with the reason, two alike as well (R4)."""
    assert judge_found(found, "piet@brood.example") is why


@pytest.mark.parametrize("address", ["", "  "])
def test_an_empty_address_is_nobodys(address: str) -> None:
    """An account without a mailbox does not answer to nothing."""
    assert judge_found([replace(PIET, mail=None)], address) is WhyNot.UNKNOWN_ADDRESS


@given(st.sampled_from(AccountState), st.booleans())
def test_only_an_enabled_member_can_be_contact(state: AccountState, is_guest: bool) -> None:
    """Whatever else is known of an account: enabled and no guest, or refused (R4)."""
    judged = judge_account(replace(PIET, state=state, is_guest=is_guest))
    assert isinstance(judged, DirectoryAccount) is (state is AccountState.ENABLED and not is_guest)


def test_what_can_pass() -> None:
    """Looking again may help, but not against a decision."""
    assert {why for why in WhyNot if not why.may_pass} == {WhyNot.ALREADY, WhyNot.DECLINED}


def test_changes_are_named_with_before_and_after() -> None:
    """A new name and a new address are two changes; nothing is none (D32)."""
    married = replace(PIET, name="Piet de Wit", mail="wit@brood.example")
    assert changes_between(PIET, PIET) == ()
    assert changes_between(PIET, married) == (
        AccountChange(ChangeKind.RENAMED, "Piet Puk", "Piet de Wit"),
        AccountChange(ChangeKind.ADDRESS, "piet@brood.example", "wit@brood.example"),
    )
    assert changes_between(None, PIET) == (AccountChange(ChangeKind.FOUND, None, "piet@brood.example"),)


def test_becoming_a_guest_is_a_change() -> None:
    """An account that turns out to be another organisation's is told apart, also at the first look (R4)."""
    guest = replace(PIET, is_guest=True)
    assert changes_between(PIET, guest) == (AccountChange(ChangeKind.GUEST),)
    assert changes_between(guest, PIET) == (AccountChange(ChangeKind.MEMBER),)
    assert changes_between(guest, replace(guest, name="Piet de Wit"))[0].kind is ChangeKind.RENAMED
    found = AccountChange(ChangeKind.FOUND, None, "piet@brood.example")
    assert changes_between(None, guest) == (found, AccountChange(ChangeKind.GUEST))
    gone = replace(guest, state=AccountState.GONE)
    assert changes_between(None, gone) == (found, AccountChange(ChangeKind.GUEST), AccountChange(ChangeKind.GONE))


@pytest.mark.parametrize(
    "before,after,kind",
    [
        (AccountState.ENABLED, AccountState.DISABLED, ChangeKind.DISABLED),
        (AccountState.ENABLED, AccountState.DELETED, ChangeKind.DELETED),
        (AccountState.DELETED, AccountState.GONE, ChangeKind.GONE),
        (AccountState.DISABLED, AccountState.ENABLED, ChangeKind.ENABLED),
        (AccountState.DELETED, AccountState.ENABLED, ChangeKind.RESTORED),
        (AccountState.DELETED, AccountState.DISABLED, ChangeKind.DISABLED),
        (AccountState.GONE, AccountState.ENABLED, ChangeKind.RESTORED),
    ],
)
def test_what_an_account_became(before: AccountState, after: AccountState, kind: ChangeKind) -> None:
    """Each change of state has its name; enabling and restoring are told apart (D32)."""
    assert changes_between(replace(PIET, state=before), replace(PIET, state=after)) == (AccountChange(kind),)


def test_found_disabled() -> None:
    """Somebody who was appointed by word and turns out to be disabled was found, and is disabled."""
    kinds = [change.kind for change in changes_between(None, replace(PIET, state=AccountState.DISABLED))]
    assert kinds == [ChangeKind.FOUND, ChangeKind.DISABLED]


@given(st.sampled_from(AccountState), st.sampled_from(AccountState))
def test_nobody_comes_back_who_was_not_lost(why: AccountState, state: AccountState) -> None:
    """Only an account that is enabled again is offered, and only where it was the reason."""
    assert is_coming_back(why, state) is (state is AccountState.ENABLED and why is not AccountState.ENABLED)


@pytest.mark.parametrize(
    "minutes,only_reads", [(15, False), (60, False), (24 * 60 - 1, False), (24 * 60, True), (48 * 60, True)]
)
def test_the_known_state_holds_24_hours(minutes: int, only_reads: bool) -> None:
    """While looking fails the last good look counts for 24 hours to the minute, then the contact only reads (D32)."""
    assert may_only_read(MONDAY, MONDAY + 15 * MINUTE, MONDAY + minutes * MINUTE) is only_reads


def test_without_a_good_look_it_counts_from_the_first_failure() -> None:
    """A contact by the provider's word is not locked out by a directory that never answered until a day of that."""
    assert not may_only_read(None, MONDAY, MONDAY + KNOWN_STATE_HOLDS - MINUTE)
    assert may_only_read(None, MONDAY, MONDAY + KNOWN_STATE_HOLDS)


def test_one_failed_look_after_days_of_standstill_locks_nobody_out() -> None:
    """Where the product stood still over the weekend, the first failed look is not believed for an hour."""
    failed = MONDAY + 3 * KNOWN_STATE_HOLDS
    assert not may_only_read(MONDAY, failed, failed + BELIEVED_AFTER - MINUTE)
    assert may_only_read(MONDAY, failed, failed + BELIEVED_AFTER)


@given(st.lists(st.booleans(), min_size=1, max_size=400), st.integers(0, 14))
def test_the_timeline_of_looks(answers: list[bool], later: int) -> None:
    """A look each quarter of an hour, good or failed: nothing wrongly locked out, nothing wrongly allowed (D15, D32).

    Said without the rule's own words: the contact only reads exactly where the 96 looks before now, those of a whole
    day, all failed.
    """
    checked_at: datetime | None = MONDAY
    failing_since: datetime | None = None
    for number, is_good in enumerate(answers, start=1):
        at = MONDAY + number * 15 * MINUTE
        checked_at, failing_since = (at, None) if is_good else (checked_at, failing_since or at)
        failed = next((count for count, good in enumerate(reversed(answers[:number])) if good), number)
        minutes = failed * 15 + later
        assert may_only_read(checked_at, failing_since, at + later * MINUTE) is (minutes >= 24 * 60)
