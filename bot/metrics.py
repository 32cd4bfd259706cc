"""Numbers for Prometheus, served at /metrics. Labels come from fixed sets, so nothing a person types becomes a series.

fourstar_turns_total{kind,outcome}       turns by what was asked (a verb, or the kind of message) and how it ended
fourstar_turn_seconds{kind}              from the authenticated request to its answer
fourstar_refused_requests_total{reason}  requests turned away at the door
fourstar_delivered_total{kind,outcome}   what became of outbox rows
fourstar_outbox_rows{state}              rows waiting and dead, as of the last look
fourstar_outbox_oldest_seconds           how long the oldest due row for people has been waiting
fourstar_graph_oldest_seconds            how long the oldest due question to Microsoft Graph has been waiting
fourstar_graph_notices_total{outcome}    notifications of Microsoft Graph by what became of them
fourstar_credential_days_left            until the bot's secret or certificate ends
"""

from __future__ import annotations

from collections.abc import Mapping

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.gc_collector import GCCollector
from prometheus_client.platform_collector import PlatformCollector
from prometheus_client.process_collector import ProcessCollector

CONTENT_TYPE = CONTENT_TYPE_LATEST
# From a help text answered from memory to the second in which Teams' users begin to wonder.
SECONDS = (0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 15.0)


class Metrics:
    """The counters of one process, in a registry of their own (a test makes as many as it likes)."""

    def __init__(self, *, process: bool = False) -> None:
        """`process` adds memory, CPU and garbage collection of this process."""
        self.registry = CollectorRegistry()
        if process:
            ProcessCollector(registry=self.registry)
            PlatformCollector(registry=self.registry)
            GCCollector(registry=self.registry)
        self._turns = Counter(
            "fourstar_turns", "Turns by kind and outcome", ["kind", "outcome"], registry=self.registry
        )
        self._seconds = Histogram(
            "fourstar_turn_seconds", "Seconds from request to answer", ["kind"], buckets=SECONDS, registry=self.registry
        )
        self._refused = Counter(
            "fourstar_refused_requests", "Requests turned away at the door", ["reason"], registry=self.registry
        )
        self._delivered = Counter(
            "fourstar_delivered", "Outbox rows by what became of them", ["kind", "outcome"], registry=self.registry
        )
        self._rows = Gauge("fourstar_outbox_rows", "Outbox rows by state", ["state"], registry=self.registry)
        self._oldest = Gauge("fourstar_outbox_oldest_seconds", "Age of the oldest due row", registry=self.registry)
        self._oldest_question = Gauge(
            "fourstar_graph_oldest_seconds", "Age of the oldest due question to Graph", registry=self.registry
        )
        self._notices = Counter(
            "fourstar_graph_notices", "Notifications of Graph by outcome", ["outcome"], registry=self.registry
        )
        self._days_left = Gauge(
            "fourstar_credential_days_left", "Days until the bot's secret or certificate ends", registry=self.registry
        )

    def turn(self, kind: str, outcome: str, seconds: float) -> None:
        """One turn: `kind` is a verb or a kind of activity, `outcome` answered, refused or failed."""
        self._turns.labels(kind, outcome).inc()
        self._seconds.labels(kind).observe(seconds)

    def refused(self, reason: str, times: int = 1) -> None:
        """One request turned away before it became a turn: unauthorised, unknown tenant, too large, unreadable."""
        self._refused.labels(reason).inc(times)

    def delivered(self, kind: str, outcome: str) -> None:
        """One outbox row done with: `kind` teams, mail or graph; `outcome` done, superseded, retried, dead."""
        self._delivered.labels(kind, outcome).inc()

    def notices(self, seen: Mapping[str, int]) -> None:
        """Notifications: accepted, unknown, wrong_secret, other_tenant, unreadable, too_many, too_large, too_slow."""
        for outcome, times in seen.items():
            self._notices.labels(outcome).inc(times)

    def outbox(self, *, pending: int, dead: int, oldest_seconds: float, graph_oldest_seconds: float) -> None:
        """The outbox at one look; how long questions to Graph wait is apart from what people wait for."""
        self._rows.labels("pending").set(pending)
        self._rows.labels("dead").set(dead)
        self._oldest.set(oldest_seconds)
        self._oldest_question.set(graph_oldest_seconds)

    def credential(self, days_left: int) -> None:
        """Days until the credential ends; below zero afterwards."""
        self._days_left.set(days_left)

    def render(self) -> bytes:
        """The text that Prometheus reads; send it with `CONTENT_TYPE`."""
        return generate_latest(self.registry)
