"""The part of the SDK that is left: its model of an activity, with what it forgets put back."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from bot.teams.activities import Answered
from bot.teams.adapter import _NoAuthentication, to_model
from bot.teams.errors import BadActivity
from tests.bot.teams.stand_in import PAYLOADS, payload


@pytest.mark.parametrize("path", sorted(PAYLOADS.glob("*.json")), ids=lambda path: path.stem)
def test_every_recorded_activity_has_a_model(path: Path) -> None:
    """The SDK leaves the tenant of a conversation out; here it is there for every recorded activity."""
    raw = payload(path.stem)
    model = to_model(raw)
    assert model.conversation.tenant_id == raw["conversation"]["tenantId"]
    assert (model.type, model.id) == (raw["type"], raw["id"])
    assert model.timestamp == datetime.fromisoformat(raw["timestamp"]).astimezone(UTC)


@pytest.mark.parametrize(
    "changes",
    [
        {"timestamp": "x"},
        {"historyDisclosed": "maybe"},
        {"membersAdded": {"a": 1}},
        {"relatesTo": "x"},
        {"suggestedActions": 5},
    ],
)
def test_what_the_model_cannot_hold_is_refused(changes: dict[str, Any]) -> None:
    """Whatever the SDK raises on the way is one error here."""
    with pytest.raises(BadActivity):
        to_model(payload("message_personal", **changes))


def test_an_answer_is_not_copied() -> None:
    """The SDK copies deeply what passes through a turn; a finished answer comes out as it went in."""
    answer = Answered(b"{}")
    assert answer.__deepcopy__({}) is answer


async def test_the_sdk_is_not_asked_to_authenticate() -> None:
    """Any path of the SDK that would check tokens, stream, or act for a user ends at once."""
    authentication = _NoAuthentication()
    with pytest.raises(NotImplementedError):
        await authentication.authenticate_request(to_model(payload("message_personal")), "Bearer x")
    with pytest.raises(NotImplementedError):
        await authentication.authenticate_streaming_request("Bearer x", "msteams")
    await authentication.create_user_token_client(None)
    factory = authentication.create_connector_factory(None)
    assert await factory.create("https://smba.trafficmanager.net/", "") is factory
