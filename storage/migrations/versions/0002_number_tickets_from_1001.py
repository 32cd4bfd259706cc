"""Number tickets from 1001: a number that is typed is then told from "3 laptops".

Revision: 0002, after 0001.
"""

from __future__ import annotations

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute("INSERT INTO sqlite_sequence (name, seq) VALUES ('tickets', 1000)")
    else:
        op.execute("ALTER SEQUENCE tickets_number_seq RESTART WITH 1001")


def downgrade() -> None:
    """Numbers that were given stay given."""
