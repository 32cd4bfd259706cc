"""What is asked of Microsoft Graph in the background: beside `bot/announcements.py` the only writer to the outbox.

An errand joins the transaction that wants it, is run by the `graph` lane of delivery outside any transaction, and its
kind's `finish` writes down what came of it. Errands of one tenant are run one after the other, those of different
tenants side by side: a tenant that is slow keeps no other waiting.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from storage import outbox
from storage.outbox_states import Lane


def graph_box(tenant_id: str) -> str:
    """The mailbox of a tenant's errands."""
    return f"{Lane.GRAPH}:{tenant_id}"


def ask_graph(
    session: Session,
    tenant_id: str,
    kind: str,
    payload: Mapping[str, Any],
    now: datetime,
    *,
    key: str | None = None,
    due_at: datetime | None = None,
    replaces: str | None = None,
) -> None:
    """Have something asked of Graph in a tenant; the same `key` again asks nothing while the row is kept.

    With `replaces` it takes the place of what still waits in that tenant under the same name.
    """
    outbox.enqueue(
        session,
        mailbox=graph_box(tenant_id),
        kind=kind,
        payload=payload,
        now=now,
        key=key,
        due_at=due_at,
        replaces=replaces,
        tenant=tenant_id,
    )
