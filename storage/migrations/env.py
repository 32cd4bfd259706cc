"""What Alembic runs: migrate on the connection it was handed, in that connection's transaction."""

from __future__ import annotations

from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext

from storage.columns import Instant, Json, RowId
from storage.migrations import all_metadata


def _render(kind: str, item: Any, autogen: AutogenContext) -> str | Literal[False]:
    """Write our own column types by their name."""
    if kind == "type":
        name = "Instant()" if isinstance(item, Instant) else {id(Json): "Json", id(RowId): "RowId"}.get(id(item))
        if name:
            autogen.imports.add(f"from storage.columns import {name.removesuffix('()')}")
            return name
    return False


connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=all_metadata(),
    render_item=_render,
    render_as_batch=connection.dialect.name == "sqlite",
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
