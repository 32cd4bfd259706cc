"""All kinds of background work, for each lane of delivery: one table, as `bot/routes.py` is for clicks."""

from __future__ import annotations

from bot.clock import Clock
from bot.consent_graph import GraphConsents
from bot.consent_kinds import ConsentKinds
from bot.directory import GraphDirectory
from bot.fetching import FileKinds
from bot.finding import FindKinds
from bot.guests import GuestKinds
from bot.installs import InstallKinds
from bot.invoice_documents import DocumentKinds
from bot.limits import Limits
from bot.mail import MailKinds
from bot.mailers import Mailer
from bot.outcomes import Kind
from bot.postings import Postings
from bot.settings import Settings
from bot.staff_groups import StaffGroupKinds
from bot.subscriptions import SubscriptionKinds
from bot.turn import Policy
from bot.watching import WatchKinds
from bot.wire import Connector
from graph.tenants import Tenants
from storage.database import Database


def teams_kinds(
    database: Database,
    connector: Connector,
    policy: Policy,
    *,
    mailer: Mailer | None,
    clock: Clock,
    limits: Limits,
) -> tuple[Kind, ...]:
    """What goes to people: cards, lines, files, documents, mail."""
    return (
        *Postings(database, connector, policy, clock, limits).kinds(),
        *FileKinds(database, connector, policy).kinds(),
        *DocumentKinds(database).kinds(),
        *MailKinds(database, policy, mailer, clock).kinds(),
    )


def graph_kinds(
    database: Database, tenants: Tenants, settings: Settings, policy: Policy, *, clock: Clock
) -> tuple[Kind, ...]:
    """What is asked of Graph. Mailboxes of this lane begin with `graph:`."""
    directory = GraphDirectory(tenants)
    return (
        *WatchKinds(database, directory, clock).kinds(),
        *FindKinds(database, directory, policy).kinds(),
        *SubscriptionKinds(database, tenants, policy.public_url, clock).kinds(),
        *StaffGroupKinds(database, tenants, policy, clock).kinds(),
        *GuestKinds(database, directory).kinds(),
        *ConsentKinds(database, GraphConsents(tenants), policy).kinds(),
        *InstallKinds(database, tenants, policy.app_id, clock).kinds(),
    )
