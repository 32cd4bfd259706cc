"""The SDK's `CloudAdapterBase` with its own input and output taken out.

Authentication is the door's work and answers leave through `bot/wire.py`; what remains of the SDK is its turn: model,
context, middleware, handler. The stock adapter checks tokens after parsing, fetches keys and tokens on the event
loop, answers 500 to every invoke with a body and builds two HTTP clients a turn; none of that code runs here.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, NoReturn

from botbuilder.core import TurnContext
from botbuilder.core.cloud_adapter_base import CloudAdapterBase
from botbuilder.schema import Activity, _models_py3
from botframework.connector.auth import BotFrameworkAuthentication, ClaimsIdentity
from botframework.connector.auth.authenticate_request_result import AuthenticateRequestResult
from botframework.connector.auth.connector_factory import ConnectorFactory
from msrest import Deserializer
from msrest.exceptions import DeserializationError  # type: ignore[attr-defined]  # re-exported without saying so
from msrest.serialization import Model, rest_key_extractor

from bot.teams.activities import NOW_KEY, RAW_KEY, Activities
from bot.teams.errors import BadActivity
from bot.teams.reading import refuse_deep

_DESERIALIZER = Deserializer(  # type: ignore[no-untyped-call]
    {name: kind for name, kind in vars(_models_py3).items() if isinstance(kind, type) and issubclass(kind, Model)}
)
_DESERIALIZER.key_extractors = [rest_key_extractor]  # the other one looks for XML


class TeamsAdapter(CloudAdapterBase):  # type: ignore[misc]  # the SDK has no types
    """Takes authenticated activities from the door and runs them through `activities`."""

    def __init__(self, activities: Activities) -> None:
        super().__init__(_NoAuthentication())
        self._activities = activities

    async def take(self, activity: dict[str, Any], now: datetime) -> bytes | None:
        """One turn; the JSON that answers an invoke. Raises `BadActivity` for what is not shaped like an activity."""
        model = to_model(activity)

        async def logic(context: TurnContext) -> None:
            context.turn_state[RAW_KEY] = activity
            context.turn_state[NOW_KEY] = now
            await self._activities.on_turn(context)

        result = AuthenticateRequestResult()
        result.claims_identity = ClaimsIdentity({}, True)
        result.connector_factory = _NoConnectors()
        answer = await self.process_activity(result, model, logic)
        return None if answer is None else answer.body.json


def to_model(activity: dict[str, Any]) -> Activity:
    """The SDK's model of an activity, with what the SDK drops put back. Raises `BadActivity`."""
    refuse_deep(activity)
    kind = activity.get("type")
    if not isinstance(kind, str) or not kind:
        raise BadActivity("type")
    try:
        model = _DESERIALIZER("Activity", activity)
    except (DeserializationError, ValueError, TypeError, AttributeError, KeyError, OverflowError):
        raise BadActivity("shape") from None
    if model.conversation is not None:
        # The SDK looks for `tenantID`; Teams writes `tenantId`.
        model.conversation.tenant_id = model.conversation.additional_properties.get("tenantId")
    # Replies held back for the answer are a feature of other channels, and the SDK cannot write them beside an invoke.
    model.delivery_mode = None
    return model


class _NoAuthentication(BotFrameworkAuthentication):  # type: ignore[misc]  # the SDK has no types
    """Says plainly that tokens are not the SDK's business."""

    async def authenticate_request(self, activity: Activity, auth_header: str) -> NoReturn:
        raise NotImplementedError("tokens are checked at the door")

    async def authenticate_streaming_request(self, auth_header: str, channel_id_header: str) -> NoReturn:
        raise NotImplementedError("there is no streaming")

    def create_connector_factory(self, claims_identity: ClaimsIdentity) -> ConnectorFactory:
        return _NoConnectors()

    async def create_user_token_client(self, claims_identity: ClaimsIdentity) -> None:
        return None


class _NoConnectors(ConnectorFactory):  # type: ignore[misc]  # the SDK has no types
    """Nothing is sent through the SDK's connector; the adapter only insists that there is one."""

    async def create(self, service_url: str, audience: str) -> object:
        return self
