"""The mailbox that our mails are sent from by way of Graph, and what Exchange answered as an outcome.

202 means that Exchange took the mail, so the outcome says *sent*; whether it was delivered nobody tells us. Where the
answer was lost, the mail is looked for among what the mailbox sent before it is sent again; who may not look there
sends it again all the same, with the same Message-ID.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from email.message import EmailMessage

from bot.mail_server import AWAY_S, put_off_s
from bot.outcomes import Dead, Done, Later, Outcome
from graph.client import Graph
from graph.errors import GraphError, GraphUnavailable, MailPutOff, MailRefused
from graph.mail import is_sent, send_mail

AT_ONCE = 3
"""Exchange takes four calls at a time for a mailbox from one app; one is left for others, or another replica."""
TIMEOUT_S = 25.0
"""Less than delivery gives a piece of work, waiting for a turn included."""

_NOT_SENT = frozenset({"ConnectError", "ConnectTimeout", "PoolTimeout", "paused"})
"""Faults before anything was said to Graph."""
_REFUSED_UNDONE = (429, 503)
"""Answers with which Exchange says that it did nothing."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class GraphMailbox:
    """A mailbox of the provider, from which the app may send."""

    sender: str
    graph: Callable[[], Graph] = field(repr=False)
    """Questions in the provider's tenant."""
    turns: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_ONCE), repr=False, compare=False)

    async def send(self, message: EmailMessage, to: str, attempts: int, *, is_in_doubt: bool = False) -> Outcome:
        """Hand a mail over, whose recipient stands in it; `attempts` were made before."""
        said = False
        doubt = is_in_doubt
        try:
            async with asyncio.timeout(TIMEOUT_S), self.turns:
                graph = self.graph()
                if is_in_doubt:
                    found = await is_sent(graph, self.sender, str(message["Message-ID"]))
                    if found:
                        return Done({"sent": "by Graph", "found": True})
                    doubt = found is None
                raw = await asyncio.to_thread(message.as_bytes)
                said = True
                await send_mail(graph, self.sender, raw)
        except MailRefused as error:
            return Dead(f"mail refused {error.status} {error.code}".rstrip())
        except MailPutOff as error:
            # It concerns the mailbox: every mail waits, and none becomes a dead letter for it.
            return Later(f"mail put off {error.code}", error.retry_after_s or AWAY_S, counts=False, is_in_doubt=doubt)
        except GraphUnavailable as error:
            return _unanswered(error, attempts, said=said, doubt=doubt)
        except GraphError as error:
            return _away(error, doubt=doubt)
        except TimeoutError:
            return Later("no answer", put_off_s(attempts), is_in_doubt=said or doubt)
        return Done({"sent": "by Graph"})


def _unanswered(error: GraphUnavailable, attempts: int, *, said: bool, doubt: bool) -> Outcome:
    if error.status in _REFUSED_UNDONE or error.code in _NOT_SENT:
        wanted = put_off_s(attempts) if error.retry_after_s is None else error.retry_after_s
        return Later(f"mail put off {error.status} {error.code}".rstrip(), wanted, counts=False, is_in_doubt=doubt)
    return Later("no answer", put_off_s(attempts), is_in_doubt=said or doubt)


def _away(error: GraphError, *, doubt: bool) -> Outcome:
    """No token, no such mailbox, or not ours to send from: the fault is ours and concerns every mail."""
    shown = " ".join(map(str, error.args))
    _log.warning("no mail can be sent by Graph: %s", shown)
    return Later(f"not possible: {type(error).__name__} {shown}"[:200], AWAY_S, counts=False, is_in_doubt=doubt)
