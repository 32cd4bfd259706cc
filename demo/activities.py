"""The activities Teams sends to a bot, field by field as Teams (and Microsoft's local client) writes them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from html import escape
from uuid import uuid4

from demo.buttons import Json
from demo.people import BOT_ID, BOT_NAME, Identity

DOWNLOAD = "application/vnd.microsoft.teams.file.download.info"


@dataclass(frozen=True, slots=True)
class File:
    """A file somebody sends: a picture (`image/…`) is pasted into the chat, anything else comes from the sender's
    OneDrive.
    """

    name: str
    content: bytes
    content_type: str = "application/octet-stream"

    @property
    def is_pasted(self) -> bool:
        """Pasted pictures are fetched with the bot's token, files in OneDrive with a pre-signed address."""
        return self.content_type.startswith("image/")


def activity(who: Identity, service_url: str, now: datetime, kind: str, *, group_id: str | None = None) -> Json:
    """What every activity of this person has in common, with a fresh id; in a group chat when `group_id` is given."""
    stamp = now.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    conversation = {
        "conversationType": "groupChat" if group_id else "personal",
        "tenantId": who.tenant_id,
        "id": group_id or who.chat_id,
    }
    return {
        "type": kind,
        "id": uuid4().hex,
        "timestamp": stamp,
        "localTimestamp": now.isoformat(timespec="milliseconds"),
        "localTimezone": "Europe/Amsterdam",
        "serviceUrl": service_url,
        "channelId": "msteams",
        "from": {"id": who.user_id, "name": who.name, "aadObjectId": who.object_id},
        "conversation": conversation,
        "recipient": {"id": BOT_ID, "name": BOT_NAME},
        "locale": who.locale,
        "entities": [
            {
                "type": "clientInfo",
                "locale": who.locale,
                "country": who.locale[-2:],
                "platform": "Web",
                "timezone": "Europe/Amsterdam",
            }
        ],
        "channelData": {"tenant": {"id": who.tenant_id}},
    }


def typed(base: Json, text: str, files: Sequence[tuple[File, str]] = ()) -> Json:
    """A message somebody typed; `files` come with the address each can be fetched from."""
    attachments: list[Json] = []
    pictures = ""
    for file, url in files:
        if file.is_pasted:
            attachments.append({"contentType": "image/*", "contentUrl": url})
            pictures += f'<div><img alt="image" src="{url}" itemtype="http://schema.skype.com/AMSImage"></div>'
        else:
            kind = file.name.rpartition(".")[2]
            content = {"downloadUrl": url, "uniqueId": uuid4().hex, "fileType": kind}
            address = f"https://my.sharepoint.example/personal/Documents/{file.name}"
            attachments.append({"contentType": DOWNLOAD, "contentUrl": address, "name": file.name, "content": content})
    attachments.append({"contentType": "text/html", "content": f"<div><p>{escape(text)}</p>{pictures}</div>"})
    return {**base, "text": text, "textFormat": "plain", "attachments": attachments}


def mentioning(base: Json, text: str) -> Json:
    """A message in a group chat, where a bot hears only what mentions it."""
    mention = f"<at>{BOT_NAME}</at>"
    entity = {"type": "mention", "text": mention, "mentioned": {"id": BOT_ID, "name": BOT_NAME}}
    return {**base, "text": f"{mention} {text}", "textFormat": "plain", "entities": [*base["entities"], entity]}


def clicked(base: Json, action: Json, values: Json, message_id: str, *, automatic: bool = False) -> Json:
    """A click on an Action.Execute, or the refresh a client makes by itself."""
    data = action.get("data") or {}
    named: Json = {key: action[key] for key in ("title", "id", "verb") if key in action}
    sent: Json = {"type": "Action.Execute", **named, "data": {**data, **values}}
    return {
        **base,
        "name": "adaptiveCard/action",
        "replyToId": message_id,
        "value": {
            "action": sent,
            "trigger": "automatic" if automatic else "manual",
        },
        "channelData": {**base["channelData"], "source": {"name": "message"}},
    }


def submitted(base: Json, action: Json, values: Json, message_id: str) -> Json:
    """A click on an Action.Submit: a message without text."""
    return {**base, "replyToId": message_id, "value": {**(action.get("data") or {}), **values}}


def installed(base: Json, action: str = "add") -> Json:
    """An installation event: add, remove, add-upgrade or remove-upgrade."""
    settings = {"selectedChannel": {"id": base["conversation"]["id"]}}
    source = {"name": "message"}
    return {**base, "action": action, "channelData": {**base["channelData"], "source": source, "settings": settings}}


def joined(base: Json) -> Json:
    """The conversation event that comes beside an installation."""
    return {**base, "membersAdded": [base["from"], {"id": BOT_ID}]}


def edited(base: Json, message_id: str, text: str) -> Json:
    """Somebody changed an earlier message."""
    channel_data = {**base["channelData"], "eventType": "editMessage"}
    return {**base, "id": message_id, "text": text, "textFormat": "plain", "channelData": channel_data}
