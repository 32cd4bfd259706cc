"""From the raw JSON of an activity to an `Incoming`: the shapes Teams documents, and `BadActivity` for any other.

Read from the JSON and not from the SDK's model, which forgets what it does not know (the tenant of a conversation,
for one) and turns a list where a text should be into text.
"""

from __future__ import annotations

import mimetypes
import re
from collections.abc import Mapping
from typing import Any

from bot.teams.errors import BadActivity
from bot.wire import Attachment, Incoming, IncomingKind

DEEPEST = 64
"""Levels of nesting; cards and their inputs have fewer than ten."""

_FILE = "application/vnd.microsoft.teams.file.download.info"
_NO_FILES = ("text/", "application/vnd.microsoft.", "messagereference", "forwardedmessagereference", "reference")
"""The HTML copy of the text, cards, what Teams adds of its own, quotes."""
_AT_TAG = re.compile(r"</?at[^>]{0,100}>", re.IGNORECASE)
_SPACES = re.compile(r"[ \t\xa0]+")

Raw = Mapping[str, Any]


def refuse_deep(raw: Raw) -> None:
    """Raises `BadActivity` for JSON nested deeper than `DEEPEST`, which would exhaust the stack of whoever walks it."""
    level: list[Any] = [raw]
    for _ in range(DEEPEST):
        level = [
            inner
            for outer in level
            for inner in (outer.values() if isinstance(outer, dict) else outer)
            if isinstance(inner, dict | list)
        ]
        if not level:
            return
    raise BadActivity("nesting")


def read(raw: Raw, kind: IncomingKind, **more: Any) -> Incoming:
    """Who, where and in which language; `more` are the fields of `Incoming` that belong to the kind."""
    person, conversation = _part(raw, "from"), _part(raw, "conversation")
    is_personal = conversation.get("conversationType") == "personal"
    return Incoming(
        kind=kind,
        activity_id=_id(raw, "id"),
        tenant_id=_tenant_id(raw, conversation, is_personal),
        object_id=_id(person, "aadObjectId"),
        user_id=_id(person, "id"),
        name=_clean(_text(person, "name")),
        conversation_id=_required(_id(conversation, "id"), "conversation.id"),
        is_personal=is_personal,
        service_url=_required(_id(raw, "serviceUrl"), "serviceUrl"),
        locale=_locale(raw),
        reply_to_id=_id(raw, "replyToId") or None,
        **more,
    )


def read_message(raw: Raw) -> Incoming:
    """A `message`: typed text and files, or the inputs of an Action.Submit (a message whose value is an object)."""
    text, value = spoken_text(raw), raw.get("value")
    if isinstance(value, dict) and ("verb" in value or not text):
        return read(raw, IncomingKind.SUBMIT, text=text, verb=_clean(_text(value, "verb")), inputs=_clean_inputs(value))
    return read(raw, IncomingKind.MESSAGE, text=text, attachments=_attachments(raw))


def read_action(raw: Raw) -> Incoming:
    """An `adaptiveCard/action`. Raises `BadActivity` for an envelope other than the documented one."""
    value = _part(raw, "value")
    action = _part(value, "action")
    if action.get("type") != "Action.Execute":
        raise BadActivity("value.action.type")
    return read(
        raw,
        IncomingKind.ACTION,
        verb=_clean(_required(_text(action, "verb"), "verb")),
        inputs=_clean_inputs(_part(action, "data")),
        is_automatic=value.get("trigger") == "automatic",
    )


def spoken_text(raw: Raw) -> str:
    """The text without the mention of the bot; other people's mentions become their names."""
    text = _clean(_text(raw, "text"))
    if "<" in text:
        bot_id = _part(raw, "recipient").get("id")
        for entity in _list(raw, "entities"):
            mentioned = entity.get("mentioned") if isinstance(entity, dict) else None
            if isinstance(mentioned, dict) and mentioned.get("id") == bot_id and isinstance(entity.get("text"), str):
                text = text.replace(entity["text"], " ")
        text = _AT_TAG.sub("", text)
    text = text.replace("&nbsp;", " ")
    return "\n".join(_SPACES.sub(" ", line).strip() for line in text.splitlines()).strip()


def concerns_bot(raw: Raw, key: str) -> bool:
    """Whether the bot itself is among `membersAdded` or `membersRemoved`."""
    bot_id = _part(raw, "recipient").get("id")
    return any(isinstance(member, dict) and member.get("id") == bot_id for member in _list(raw, key))


def event_type(raw: Raw) -> str:
    """What Teams calls the event (`channelData.eventType`); empty when it says nothing."""
    return _text(_part(raw, "channelData"), "eventType")


def _attachments(raw: Raw) -> tuple[Attachment, ...]:
    """Files and pasted pictures; the HTML copy of the text, quotes and cards are no files. What else was sent and
    cannot be fetched (a voice message, whatever comes) has an empty address, so that it is not passed over in silence.
    """
    found = []
    for number, entry in enumerate(_list(raw, "attachments"), start=1):
        if not isinstance(entry, dict):
            raise BadActivity("attachments")
        content_type, name = _text(entry, "contentType").lower(), _clean(_text(entry, "name"))
        if content_type == _FILE:
            url = _text(_part(entry, "content"), "downloadUrl")
            content_type = mimetypes.guess_type(name, strict=False)[0] or "application/octet-stream"
            found.append(Attachment(name or f"file-{number}", content_type, url, needs_token=False))
        elif content_type.startswith("image/") and entry.get("contentUrl"):
            extension = mimetypes.guess_extension(content_type) or ""
            url = _text(entry, "contentUrl")
            found.append(Attachment(name or f"image-{number}{extension}", content_type, url, needs_token=True))
        elif entry.get("contentUrl") and not content_type.startswith(_NO_FILES):
            extension = mimetypes.guess_extension(content_type) or ""
            found.append(Attachment(name or f"file-{number}{extension}", content_type, "", needs_token=False))
    return tuple(found)


def _tenant_id(raw: Raw, conversation: Raw, is_personal: bool) -> str:
    """The tenant stands in two places. In a personal chat they must agree; a chat shared between organisations names
    the host's tenant in the conversation and the sender's in the channel data, and the sender is who counts.
    """
    of_sender = _id(_part(_part(raw, "channelData"), "tenant"), "id")
    of_chat = _id(conversation, "tenantId")
    if is_personal and of_sender and of_chat and of_sender != of_chat:
        raise BadActivity("tenant")
    return of_sender or of_chat


def _locale(raw: Raw) -> str:
    locale = _text(raw, "locale")
    for entity in _list(raw, "entities"):
        if not locale and isinstance(entity, dict) and entity.get("type") == "clientInfo":
            locale = _text(entity, "locale")
    return _clean(locale)


def _part(raw: Raw, key: str) -> Raw:
    value = raw.get(key)
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise BadActivity(key)
    return value


def _list(raw: Raw, key: str) -> list[Any]:
    value = raw.get(key)
    if value is None:
        return []
    if not isinstance(value, list):
        raise BadActivity(key)
    return value


def _text(raw: Raw, key: str) -> str:
    value = raw.get(key)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise BadActivity(key)
    return value


def _id(raw: Raw, key: str) -> str:
    value = _text(raw, key)
    if "\x00" in value:
        raise BadActivity(key)
    return value


def _required(value: str, what: str) -> str:
    if not value:
        raise BadActivity(what)
    return value


def _clean(text: str) -> str:
    """Without NUL characters, which PostgreSQL cannot store."""
    return text.replace("\x00", "")


def _clean_inputs(value: Any) -> Any:
    if isinstance(value, str):
        return _clean(value)
    if isinstance(value, dict):
        return {_clean(key): _clean_inputs(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_clean_inputs(item) for item in value]
    return value
