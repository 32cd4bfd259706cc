"""Who plays in a story, and the verbs it is told with: each acts and expects in the own language.

    await eva.clicks(eva.ticket(1001), "Send answer", text="Ik kijk ernaar")
    await ben.hears("{name} wrote", name=eva.name)
    await ben.sees_everywhere("Ticket 1001", "In progress")

Texts are named by their English original, as in the code; amounts are written as "€ 120.42" and read as "€ 120,42" by
who reads Dutch. An expectation that does not come true raises AssertionError with the chat in it.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Sequence
from typing import Any

import aiohttp

from cards.language import language_of_locale, texts_for
from contract.people import Language
from demo.activities import File
from demo.buttons import buttons, find_button, find_input
from demo.chat import WAIT_S, Chat, ChatMessage, How, Version, card_activity
from demo.connector import StandIn
from demo.graph.server import GraphStandIn
from demo.narrator import Narrator
from demo.people import ANNA, BEN, CARLA, DIRK, EVA, FAY, MARK, SAM, Identity
from demo.person import Clickable, Outcome, Person


class Actor:
    """A person of the story, reading their own language."""

    def __init__(self, person: Person, narrator: Narrator) -> None:
        self.person = person
        self.language = language_of_locale(person.identity.locale)
        self._narrator = narrator
        self._texts = texts_for(self.language)
        self._since = 0

    @property
    def name(self) -> str:
        """The name Teams shows."""
        return self.person.name

    @property
    def chat(self) -> Chat:
        """The chat with the bot."""
        return self.person.chat

    @property
    def lines(self) -> list[str]:
        """What the bot said without a card."""
        return [message.text for message in self.chat.from_bot if message.card is None]

    def t(self, english: str, /, **values: Any) -> str:
        """A text as this person reads it."""
        read = {name: self.amount(value) if str(value).startswith("€") else value for name, value in values.items()}
        return self._texts(english, **read)

    def amount(self, written: str) -> str:
        """An amount such as "€ 120.42" as this person reads it."""
        return written.translate(str.maketrans(".,", ",.")) if self.language is Language.NL else written

    # --- doing ------------------------------------------------------------------------------------------------------
    async def installs(self) -> None:
        """Add the app."""
        self._narrator.did(self.person, "installs the app")
        self._begin()
        await self.person.installs()

    async def types(self, text: str, files: Sequence[File] = ()) -> None:
        """Send a message, with files or without."""
        sent = "".join(f" [{file.name}]" for file in files)
        self._narrator.did(self.person, f"types “{text}”{sent}" if text else f"sends{sent}")
        self._begin()
        await self.person.says(text, files)

    async def clicks(self, where: Clickable, button: str, /, *, nth: int | None = None, **inputs: Any) -> Version:
        """Click the button called `button`, after filling in fields by id; returns the answer in its place.

        `nth` says which, where several are called so.

        The message itself may say something newer at once: what the click brought about is delivered as well.
        """
        outcome = await self.tries(where, button, nth=nth, **inputs)
        if outcome.card is None or outcome.message is None:
            msg = f"{self.name} clicked “{button}” and was told: {outcome.error or outcome.text}"
            raise AssertionError(msg)
        return Version(outcome.message.id, card_activity(outcome.card), How.ANSWERED)

    async def tries(self, where: Clickable, button: str, /, *, nth: int | None = None, **inputs: Any) -> Outcome:
        """As `clicks`, whatever comes of it."""
        title = self.t(button)
        filled = ", ".join(f"{name}={value}" for name, value in inputs.items())
        if isinstance(where, ChatMessage):
            # An update that was under way may show an older state for a moment; the newer one follows it.
            await self.chat.wait_until(lambda: _offers(where, title), what=f"[{title}]")
        self._narrator.did(self.person, f"clicks [{title}]" + (f" with {filled}" if filled else ""))
        self._begin()
        return await self.person.clicks(where, title, inputs, nth=nth)

    async def downloads(self, where: Clickable, button: str) -> bytes:
        """Open the address behind a button, as a browser would; returns what comes back."""
        title = self.t(button)
        self._narrator.did(self.person, f"opens [{title}]")
        address = find_button(where.card or {}, title).action["url"]
        async with aiohttp.ClientSession() as browser, browser.get(address) as answer:
            answer.raise_for_status()
            return await answer.read()

    def choice(self, where: Clickable, field: str, title: str) -> str:
        """The value behind a choice of a drop-down or a list."""
        for choice in find_input(where.card or {}, field).get("choices", []):
            if choice["title"] == title:
                return str(choice["value"])
        msg = f"“{title}” is no choice of {field}: {where.words}"
        raise AssertionError(msg)

    def _begin(self) -> None:
        self._since = self.chat.mark()

    # --- seeing -----------------------------------------------------------------------------------------------------
    async def gets(self, english: str, /, **values: Any) -> ChatMessage:
        """Wait for a card, new since this person last did something."""
        wanted = self.t(english, **values)
        return await self.chat.wait_for(
            lambda message: message.card is not None and wanted in message.words, what=wanted, after=self._since
        )

    async def gets_again(self, heading: str) -> None:
        """Wait for one more copy of the card with this heading."""
        before = len([one for one in self.copies(heading) if one in self.chat.messages[: self._since]])
        await self.chat.wait_until(lambda: len(self.copies(heading)) > before + 1, what=f"another “{heading}”")

    async def hears(self, english: str, /, **values: Any) -> ChatMessage:
        """Wait for a line, the kind of message that notifies."""
        wanted = self.t(english, **values)
        return await self.chat.wait_for(lambda message: message.card is None and wanted in message.text, what=wanted)

    async def sees_everywhere(self, heading: str, english: str, /, **values: Any) -> ChatMessage:
        """Wait until every copy of the card with this heading says so; returns the newest copy."""
        wanted = self.t(english, **values)
        await self.chat.wait_until(
            lambda: bool(self.copies(heading)) and all(wanted in copy.words for copy in self.copies(heading)),
            what=f"“{wanted}” on every card “{self.t(heading)}”",
        )
        return self.copies(heading)[-1]

    async def sees(self, *words: str) -> ChatMessage:
        """Wait until some card says all of these, in the own language already; returns the newest."""

        def found() -> list[ChatMessage]:
            return [one for one in self.chat.from_bot if one.card and all(word in one.words for word in words)]

        await self.chat.wait_until(lambda: bool(found()), what=f"a card with {words}")
        return found()[-1]

    def copies(self, heading: str) -> list[ChatMessage]:
        """Every message that shows the card with this heading now."""
        title = self.t(heading)
        return [message for message in self.chat.from_bot if message.card and title in message.words.splitlines()]

    def card(self, heading: str) -> ChatMessage:
        """The newest copy of the card with this heading. Raises AssertionError when there is none."""
        if not self.copies(heading):
            msg = f"{self.name} has no card “{heading}”:\n{self.chat.transcript()}"
            raise AssertionError(msg)
        return self.copies(heading)[-1]

    def ticket(self, number: int) -> ChatMessage:
        """The card of a ticket."""
        return self.card(f"Ticket {number}")

    def estimate(self, number: str) -> ChatMessage:
        """The newest card of an estimate."""
        return self.card(self.t("Estimate {number}", number=number))

    def number_of(self, where: Clickable) -> int:
        """The number of the ticket whose card this is. Raises AssertionError when it is none."""
        found = re.search(r"^Ticket (\d+)$", where.words, re.MULTILINE)
        if found is None:
            msg = f"Not the card of a ticket: {where.words}"
            raise AssertionError(msg)
        return int(found[1])

    def never_saw(self, words: str) -> bool:
        """Whether no message of this chat says or ever said this."""
        return not any(words in version.words for message in self.chat.messages for version in message.versions)


class Stage:
    """Everybody who plays, and the narrator."""

    def __init__(self, stand_in: StandIn, narrator: Narrator) -> None:
        def actor(identity: Identity) -> Actor:
            return Actor(stand_in.person(identity), narrator)

        self.narrator, self._stand_in = narrator, stand_in
        self.anna, self.ben, self.sam = actor(ANNA), actor(BEN), actor(SAM)
        self.eva, self.mark = actor(EVA), actor(MARK)
        self.carla, self.dirk, self.fay = actor(CARLA), actor(DIRK), actor(FAY)
        self.contacts, self.staff = (self.anna, self.ben), (self.eva, self.mark)
        self.everybody = (*self.contacts, *self.staff)
        # Numbers are read from the cards: a form that reaches PostgreSQL twice at once may use one up.
        self.first = self.second = self.third = self.fourth = 0

    @property
    def estimate(self) -> str:
        """The number of the first ticket's estimate."""
        return f"{self.first}-1"

    @property
    def graph(self) -> GraphStandIn:
        """Microsoft Graph. Raises AssertionError where the story is told without one."""
        if self._stand_in.graph is None:
            raise AssertionError("There is no Graph in this story")
        return self._stand_in.graph

    async def until_so(self, is_so: Callable[[], bool], what: str) -> None:
        """Wait until something is so that is not in a chat. Raises AssertionError."""
        try:
            async with asyncio.timeout(WAIT_S):
                while not is_so():  # noqa: ASYNC110  what is outside a chat does not tell of itself
                    await asyncio.sleep(0.05)
        except TimeoutError:
            msg = f"{what} did not come within {WAIT_S} s"
            raise AssertionError(msg) from None

    def keep(self, name: str, actor: Actor, what: ChatMessage | Version) -> None:
        """Keep a card for the pictures of the story, named with who reads it in which language."""
        self.narrator.keep(f"{name} {actor.person.identity.key} {actor.language.value}", what)


def _offers(message: ChatMessage, title: str) -> bool:
    return any(button.title == title for button in buttons(message.card or {}))


def hold(what: bool, otherwise: str) -> None:
    """Stop the story with `otherwise` unless `what` is so."""
    if not what:
        raise AssertionError(otherwise)
