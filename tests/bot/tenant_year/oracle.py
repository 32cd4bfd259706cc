"""What is right, said once more and naively: from what Microsoft answered, and when. Nothing of the product is used.

A contact acts while the last good look found the account well; a look that failed changes nothing for a day, then the
contact only reads. A minute of remote work is covered by a consent where a look before and a look after it found the
same one, or a look before and none since; a failed look carries that for a day.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

DAY, HOUR, QUARTER = timedelta(hours=24), timedelta(hours=1), timedelta(minutes=15)
COMES_BACK = timedelta(days=90)
WARNED_BEFORE = (60, 30, 7, 1)


# --- people -----------------------------------------------------------------------------------------------------------


class May(StrEnum):
    """What somebody may do."""

    ACT = "act"
    READ = "read"
    NOTHING = "nothing"


@dataclass(slots=True)
class Member:
    """A contact: appointed, or lost with the account."""

    appointed: bool = True
    lost_at: datetime | None = None
    declined: bool = False
    """A manager said no to the return."""
    offered: bool = False
    seen_at: datetime | None = None


@dataclass(slots=True)
class House:
    """The contacts of a customer and the looks at them."""

    members: dict[str, Member]
    looked_at: datetime | None = None
    failing_since: datetime | None = None
    told: int = 0
    """How often everybody heard that contacts only read."""
    is_told: bool = False
    losses: int = 0

    def watched(self, now: datetime) -> bool:
        """Whether there is anybody to look at: a contact, or one who was lost in the last 90 days."""
        return any(
            one.appointed or (one.lost_at is not None and now - one.lost_at <= COMES_BACK)
            for one in self.members.values()
        )

    def may(self, who: str, now: datetime) -> May:
        """What somebody may do now."""
        one = self.members[who]
        if not one.appointed:
            return May.NOTHING
        if self.failing_since is None or now < self.failing_since + HOUR:
            return May.ACT
        known = one.seen_at or self.failing_since
        return May.READ if now >= known + DAY else May.ACT

    def look(self, now: datetime, well: set[str] | None) -> None:
        """A look: who is well, or None where it failed."""
        if well is None:
            self.failing_since = self.failing_since or now
            if not self.is_told and any(self.may(who, now) is May.READ for who in self.members):
                self.told, self.is_told = self.told + 1, True
            return
        self.looked_at, self.failing_since, self.is_told = now, None, False
        for who, one in self.members.items():
            if one.appointed:
                if who not in well:
                    one.appointed, one.lost_at, one.offered, one.declined = False, now, False, False
                    self.losses += 1
                one.seen_at = now
            elif one.lost_at is not None and now - one.lost_at <= COMES_BACK:
                one.offered = who in well and not one.declined
                one.seen_at = now


# --- consents ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Seen:
    """What a look found of a consent: in force from (where known) until (where it ends), or why not."""

    active: bool
    begins_at: datetime | None = None
    ends_at: datetime | None = None
    expired: bool = False


@dataclass(slots=True)
class Source:
    """A consent, by the looks at it: when, and what was found; None where nothing was."""

    covers: bool = True
    looks: list[tuple[datetime, Seen | None]] = field(default_factory=list)
    warned: int | None = None
    warnings: set[tuple[int, datetime]] = field(default_factory=set)
    silent: int = 0
    """How often everybody heard that it was not seen for a day."""
    is_silent: bool = False

    @property
    def known(self) -> Seen | None:
        """What the last look that was answered found."""
        return next((found for _, found in reversed(self.looks) if found is not None), None)

    @property
    def known_at(self) -> datetime | None:
        """When that was."""
        return next((at for at, found in reversed(self.looks) if found is not None), None)

    def look(self, now: datetime, found: Seen | None, others: list[Source]) -> None:
        """A look; also what is warned of by it."""
        before = self.known
        self.looks.append((now, found))
        known, known_at = self.known, self.known_at
        if found is not None:
            self.is_silent = False
            is_new = before is None or not before.active or _anew(before, found, now)
            if is_new or (before and before.ends_at and found.ends_at and found.ends_at > before.ends_at):
                self.warned = None
        if known is None or known_at is None or not known.active:
            return
        if found is None and not self.is_silent and now >= max(known_at + DAY, self._failing_since() + HOUR):
            self.silent, self.is_silent = self.silent + 1, True
        self._warn(now, known, others)

    def _failing_since(self) -> datetime:
        """When the looks began to fail that fail now."""
        begins_at = self.looks[-1][0]
        for at, found in reversed(self.looks):
            if found is not None:
                break
            begins_at = at
        return begins_at

    def _warn(self, now: datetime, known: Seen, others: list[Source]) -> None:
        if known.ends_at is None or known.ends_at <= now:
            return
        due = [days for days in WARNED_BEFORE if known.ends_at - now <= timedelta(days=days)]
        if not due or (self.warned is not None and self.warned <= min(due)):
            return
        for other in others:
            goes_on = other.known
            if other is not self and goes_on and goes_on.active and goes_on.ends_at and goes_on.ends_at > known.ends_at:
                return
        self.warned = min(due)
        self.warnings.add((min(due), known.ends_at))

    def covered(self, minute: datetime, now: datetime) -> bool | None:
        """Whether a minute is covered, by what is known now; None where both answers are right."""
        if not self.covers:
            return False
        looks = [(at, found) for at, found in self.looks if at <= now]
        good = [(at, found) for at, found in looks if found is not None]
        before = [(at, found) for at, found in good if at <= minute]
        after = [(at, found) for at, found in good if at > minute]
        last_at, last = before[-1] if before else (None, None)
        next_at, following = after[0] if after else (None, None)
        if last is None or not last.active:
            return following is not None and following.active and _since(following, next_at) <= minute
        assert last_at is not None
        carried = minute < last_at + DAY and (last.ends_at is None or minute < last.ends_at)
        if following is None or next_at is None:
            return carried
        failed = any(found is None and last_at < at < next_at for at, found in looks)
        too_long = failed and next_at - last_at > DAY
        if following.active:
            if _anew(last, following, last_at):
                return _since(following, next_at) <= minute
            return carried if too_long else True
        if following.expired:
            if last.ends_at is None or minute >= last.ends_at:
                return False
            return None if too_long else True
        return False


def _since(seen: Seen, found_at: datetime | None) -> datetime:
    since = seen.begins_at or found_at
    assert since is not None
    return since


def _anew(before: Seen, after: Seen, seen_at: datetime | None) -> bool:
    """Whether it was given again after it had last been seen."""
    if not (after.active and after.begins_at and seen_at) or after.begins_at == before.begins_at:
        return False
    return after.begins_at > seen_at


@dataclass(slots=True)
class Rights:
    """Everything about remote access to one customer."""

    sources: dict[str, Source] = field(default_factory=dict)
    withdrawn: list[tuple[datetime, datetime | None]] = field(default_factory=list)

    def is_withdrawn(self, at: datetime) -> bool:
        """Whether a contact had taken consent back."""
        return any(begin <= at and (end is None or at < end) for begin, end in self.withdrawn)

    def covered(self, minute: datetime, now: datetime) -> bool | None:
        """Whether a minute of remote work is covered; None where both answers are right."""
        if self.is_withdrawn(minute):
            return False
        found = [source.covered(minute, now) for source in self.sources.values()]
        if True in found:
            return True
        return None if None in found else False
