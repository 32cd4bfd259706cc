"""What can become of a row of the outbox, for everybody who reads it; the table itself stays in storage/."""

from __future__ import annotations

from enum import IntEnum, StrEnum


class State(IntEnum):
    """What became of a row of the outbox."""

    WAITING = 0
    DONE = 2
    DEAD = 3  # refused, or failed too often: kept as a dead letter
    UNREACHABLE = 4  # the person blocked or uninstalled the bot: a dead letter until they are heard again
    SUPERSEDED = 5  # a newer row took its place
    DROPPED = 6  # may have been sent before a crash, and sending it twice would be worse


class Lane(StrEnum):
    """Who delivers from a mailbox; a mailbox belongs to the lane that its name begins with, otherwise to TEAMS."""

    TEAMS = "teams"
    GRAPH = "graph"  # calls that may take long for all tenants at once, and must keep nobody's cards waiting
