"""What stands in which chat is remembered per message, and a copy with an open form is left alone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from storage.database import Database
from storage.posted_cards import copies_of, find_copy, forget, put_in_place, readers_of, remember

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


def stand(session: Session, activity: str, *, person: int = 1, subject: str = "ticket:1001") -> None:
    """Let a card stand in the chat of a person."""
    remember(
        session,
        conversation_id=f"chat {person}",
        activity_id=activity,
        person_id=person,
        subject=subject,
        now=NOW,
        digest="d",
    )


async def test_copies_are_found_by_subject_and_reader(database: Database) -> None:
    """Every copy of a subject's card in one person's chats is found, and no other."""

    def write(session: Session) -> None:
        stand(session, "a")
        stand(session, "b")
        stand(session, "c", person=2)
        stand(session, "d", subject="ticket:1002")

    await database.write(write)
    copies = await database.read(lambda session: copies_of(session, "ticket:1001", 1))
    assert [copy.activity_id for copy in copies] == ["a", "b"]
    assert await database.read(lambda session: readers_of(session, "ticket:1001")) == {1, 2}


async def test_a_message_shows_one_thing_at_a_time(database: Database) -> None:
    """A message that shows something else now is no longer a copy of what it showed before."""
    await database.write(lambda session: stand(session, "a"))
    await database.write(lambda session: stand(session, "a", subject="estimate:1"))
    assert await database.read(lambda session: copies_of(session, "ticket:1001", 1)) == ()
    assert len(await database.read(lambda session: copies_of(session, "estimate:1", 1))) == 1


async def test_a_forgotten_message_is_no_copy(database: Database) -> None:
    """A message that is gone is not updated any more."""
    await database.write(lambda session: stand(session, "a"))
    await database.write(lambda session: forget(session, conversation_id="chat 1", activity_id="a"))
    assert await database.read(lambda session: find_copy(session, conversation_id="chat 1", activity_id="a")) is None


async def test_a_copy_is_held_until_a_card_takes_the_forms_place_or_late(database: Database) -> None:
    """A copy on which a form is open is held until its instant or the next card; remembering it again changes
    neither.
    """
    place: dict[str, Any] = {"conversation_id": "chat 1", "activity_id": "a"}
    shown = {**place, "person_id": 1, "subject": "ticket:1001", "now": NOW}
    until = NOW + timedelta(minutes=10)
    await database.write(lambda session: stand(session, "a"))
    await database.write(lambda session: put_in_place(session, **shown, held_until=until))
    await database.write(lambda session: stand(session, "a"))
    copy = await database.read(lambda session: find_copy(session, **place))
    assert copy is not None
    assert copy.is_held(NOW)
    assert not copy.is_held(until)
    await database.write(lambda session: put_in_place(session, **shown))
    copy = await database.read(lambda session: find_copy(session, **place))
    assert copy is not None
    assert not copy.is_held(NOW)
