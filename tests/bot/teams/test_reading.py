"""What becomes of each recorded activity: the payloads of the local client, and the shapes Teams documents besides."""

from __future__ import annotations

from typing import Any

import pytest

from bot.teams import reading
from bot.teams.errors import BadActivity
from bot.wire import Attachment, Incoming, IncomingKind
from tests.bot.teams.stand_in import payload

TENANT = "11111111-0000-0000-0000-000000000001"
ALEX = "f647cce3-564b-543e-a992-5ffa42e3f5b8"


def test_a_typed_message() -> None:
    """Identity is the tenant and the object id of the signed activity; the rest says where and in which language."""
    assert reading.read_message(payload("message_personal")) == Incoming(
        kind=IncomingKind.MESSAGE,
        activity_id="2e015e26-2d4f-44e9-9c55-4927a767232e",
        tenant_id=TENANT,
        object_id=ALEX,
        user_id="29:alex",
        name="Alex Wilber",
        conversation_id="a:personal-alex",
        is_personal=True,
        service_url="http://localhost:26190/_connector",
        locale="en-US",
        text="feedback",
    )


def test_a_message_with_a_value_is_a_submit() -> None:
    """An Action.Submit arrives as a message without text; its verb lies among its inputs."""
    incoming = reading.read_message(payload("message_submit_personal", value={"verb": "create_ticket", "subject": "S"}))
    assert (incoming.kind, incoming.verb, incoming.reply_to_id) == (
        IncomingKind.SUBMIT,
        "create_ticket",
        "1795406464856",
    )
    assert incoming.inputs == {"verb": "create_ticket", "subject": "S"}


def test_a_submit_without_a_verb_stays_a_submit() -> None:
    """Inputs of a button nobody knows reach the router with an empty verb, which answers with something current."""
    incoming = reading.read_message(payload("message_submit_personal"))
    assert (incoming.kind, incoming.verb) == (IncomingKind.SUBMIT, "")


@pytest.mark.parametrize("value", [None, "text", 5, [1], {"reaction": "x"}])
def test_text_with_some_value_is_a_message(value: object) -> None:
    """What a person typed is not lost because something without a verb came along."""
    incoming = reading.read_message(payload("message_personal", value=value))
    assert (incoming.kind, incoming.text) == (IncomingKind.MESSAGE, "feedback")


def test_a_click() -> None:
    """An Action.Execute brings verb, inputs and the message it stands in."""
    incoming = reading.read_action(payload("invoke_adaptiveCard_action_approve_personal"))
    assert (incoming.kind, incoming.verb, incoming.inputs) == (IncomingKind.ACTION, "approve", {"note": "n", "n": 0})
    assert (incoming.reply_to_id, incoming.is_automatic, incoming.is_personal) == ("1795406464485", False, True)


@pytest.mark.parametrize("trigger, is_automatic", [("automatic", True), ("manual", False), (None, False), (7, False)])
def test_a_refresh_is_told_from_a_click(trigger: object, *, is_automatic: bool) -> None:
    """The SDK drops `trigger` with a warning per click; without it a client's own refresh would count as a click."""
    raw = payload("invoke_adaptiveCard_action_approve_personal")
    raw["value"]["trigger"] = trigger
    assert reading.read_action(raw).is_automatic is is_automatic


@pytest.mark.parametrize(
    "value",
    [
        None,
        {},
        [],
        "approve",
        {"action": None},
        {"action": []},
        {"action": {"type": "Action.Submit", "verb": "approve"}},
        {"action": {"verb": "approve"}},
        {"action": {"type": "Action.Execute"}},
        {"action": {"type": "Action.Execute", "verb": ""}},
        {"action": {"type": "Action.Execute", "verb": 7}},
        {"action": {"type": "Action.Execute", "verb": "approve", "data": "x"}},
        {"action": {"type": "Action.Execute", "verb": "approve", "data": [1]}},
    ],
)
def test_another_envelope_is_refused(value: object) -> None:
    """Only the documented envelope of a click is read."""
    with pytest.raises(BadActivity):
        reading.read_action(payload("invoke_adaptiveCard_action_approve_personal", value=value))


def test_a_click_without_data_has_no_inputs() -> None:
    """A button that carries nothing is a button all the same."""
    raw = payload("invoke_adaptiveCard_action_approve_personal")
    del raw["value"]["action"]["data"]
    assert reading.read_action(raw).inputs == {}


@pytest.mark.parametrize("name", ["message_mention_channel", "message_mention_groupChat"])
def test_the_mention_of_the_bot_is_not_text(name: str) -> None:
    """In a group people address the bot; what they say is the rest, and the place is no personal chat."""
    raw = payload(name)
    raw["text"] = "<at>Helpdesk</at>&nbsp; new  <at>Bo &amp; Co</at>\u00a0printer\r\n  is <b> broken"
    raw["entities"].append({"type": "mention", "mentioned": {"id": "29:bo", "name": "Bo"}, "text": "<at>Bo</at>"})
    raw["entities"].append("nonsense")
    incoming = reading.read_message(raw)
    assert incoming.text == "new Bo &amp; Co printer\nis <b> broken"
    assert not incoming.is_personal


def test_a_name_in_the_text_stays_without_a_mention() -> None:
    """Only what Teams marks as a mention is taken out."""
    assert reading.spoken_text(payload("message_personal", text=" Helpdesk < down > ")) == "Helpdesk < down >"


def test_a_file() -> None:
    """A file sent in the chat is fetched from its pre-signed address; the HTML copy beside it is not a file."""
    incoming = reading.read_message(payload("message_file_personal"))
    [file] = incoming.attachments
    assert (file.name, file.content_type, file.needs_token) == ("report.pdf", "application/pdf", False)
    assert file.url.startswith("https://contoso-my.sharepoint.com/")
    assert file.url.endswith("tempauth=v1.abc%2Fdef")
    assert (incoming.kind, incoming.text) == (IncomingKind.MESSAGE, "")


def test_pasted_pictures() -> None:
    """A picture pasted in the chat has no name of its own and is fetched with the bot's token."""
    url = f"https://smba.trafficmanager.net/emea/{TENANT}/v3/attachments"
    assert reading.read_message(payload("message_picture_personal")).attachments == (
        Attachment("image-1.png", "image/png", f"{url}/0-weu-d5-abc/views/original", needs_token=True),
        Attachment("image-2", "image/*", f"{url}/0-weu-d6-def/views/original", needs_token=True),
    )


@pytest.mark.parametrize(
    "entry",
    [
        {"contentType": "text/html", "content": "<p>x</p>"},
        {"contentType": "messageReference", "content": "{}"},
        {"contentType": "application/vnd.microsoft.card.adaptive", "content": {}},
        {"contentType": "image/png", "content": "inline"},
        {},
    ],
)
def test_what_is_no_file_is_no_attachment(entry: dict[str, Any]) -> None:
    """Quotes, cards and copies of the text never break a message and never look like a file."""
    assert reading.read_message(payload("message_personal", attachments=[entry])).attachments == ()


@pytest.mark.parametrize("kind", ["audio/mpeg", "video/mp4", "application/x-new"])
def test_what_can_not_be_fetched_is_still_told(kind: str) -> None:
    """A voice message, or a kind that Teams invents tomorrow, shows up without an address, so that it is told."""
    entry = {"contentType": kind, "contentUrl": "https://example.org/x", "name": "x"}
    [file] = reading.read_message(payload("message_personal", attachments=[entry])).attachments
    assert (file.name, file.content_type, file.url, file.needs_token) == ("x", kind, "", False)


def test_a_file_without_a_name_or_address_is_still_told() -> None:
    """A file Teams describes badly shows up, so that its sender can be told that it did not arrive."""
    [file] = reading.read_message(
        payload("message_personal", attachments=[{"contentType": "application/vnd.microsoft.teams.file.download.info"}])
    ).attachments
    assert (file.name, file.content_type, file.url) == ("file-1", "application/octet-stream", "")


@pytest.mark.parametrize("entry", ["x", None, 5, {"contentType": 5}, {"contentType": "image/png", "contentUrl": [1]}])
def test_attachments_of_another_shape_are_refused(entry: object) -> None:
    """A list of attachments holds objects."""
    with pytest.raises(BadActivity):
        reading.read_message(payload("message_personal", attachments=[entry]))


def test_the_tenant_stands_in_either_place() -> None:
    """The SDK looks for the tenant under a name Teams does not use; here either of its two places will do."""
    assert reading.read_message(payload("message_personal", channelData=...)).tenant_id == TENANT
    assert reading.read_message(payload("message_personal", channelData=None)).tenant_id == TENANT
    raw = payload("message_personal")
    del raw["conversation"]["tenantId"]
    assert reading.read_message(raw).tenant_id == TENANT
    del raw["channelData"]
    assert reading.read_message(raw).tenant_id == ""


def test_two_tenants_in_a_personal_chat_are_refused() -> None:
    """Whose tenant counts must not be a matter of taste."""
    with pytest.raises(BadActivity, match="tenant"):
        reading.read_message(payload("message_personal", channelData={"tenant": {"id": "other"}}))


def test_in_a_shared_channel_the_senders_tenant_counts() -> None:
    """A guest's message in another organisation's channel is the guest's."""
    raw = payload("message_mention_channel", channelData={"tenant": {"id": "guest"}})
    assert reading.read_message(raw).tenant_id == "guest"


def test_the_language_of_the_client_when_the_activity_says_none() -> None:
    """Some clients tell their language only in `clientInfo`."""
    assert reading.read_message(payload("message_personal", locale=...)).locale == "en-US"
    assert reading.read_message(payload("message_personal", locale="nl-NL")).locale == "nl-NL"
    assert reading.read_message(payload("message_personal", locale=..., entities=[5, {"type": "x"}])).locale == ""


def test_no_object_id_is_nobody() -> None:
    """A sender without an Entra object id is passed on as nobody, never as somebody else."""
    raw = payload("message_personal", **{"from": {"id": "29:x"}})
    assert reading.read_message(raw).object_id == ""


def test_characters_the_database_cannot_hold() -> None:
    """A NUL in a text is dropped, because PostgreSQL refuses it; in an id it makes the activity unreadable."""
    assert reading.read_message(payload("message_personal", text="a\0b")).text == "ab"
    raw = payload("message_submit_personal", value={"verb": "x\0", "a\0": ["b\0", {"c": "\0"}], "n": 5})
    incoming = reading.read_message(raw)
    assert (incoming.verb, incoming.inputs) == ("x", {"verb": "x", "a": ["b", {"c": ""}], "n": 5})
    with pytest.raises(BadActivity, match="replyToId"):
        reading.read_message(payload("message_submit_personal", replyToId="1\0"))


def test_depth_is_limited() -> None:
    """64 levels pass, more do not, whatever they are made of."""
    value: Any = "x"
    for level in range(reading.DEEPEST - 1):
        value = [value] if level % 2 else {"a": value}
    reading.refuse_deep({"a": value})
    with pytest.raises(BadActivity, match="nesting"):
        reading.refuse_deep({"a": [value]})
