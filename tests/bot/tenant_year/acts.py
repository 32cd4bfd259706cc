"""What happens in a year, at random: in the tenants, at the provider, and to the lines between them."""

from __future__ import annotations

from datetime import date, timedelta
from functools import partial

from bot.appointments import appoint_contact
from cards.clicks.access import LiftWithdrawal, StartSession, WithdrawAccess
from cards.clicks.accounts import ConfirmContact, DeclineContact
from cards.clicks.consents import AskConsent, CheckConsents, EndConsent
from cards.clicks.hours import LogTime
from cards.clicks.tickets import OpenTicket, ShowTicket
from contract.access import check_remote_access
from contract.errors import RemoteNeedsAccess
from contract.hours import OutsideHoursReason, Place
from contract.local_time import local
from storage.contact_searches import list_open
from storage.grants import load_grants
from storage.hours import load_entries
from storage.remote_sessions import load_running
from storage.withdrawals import load_withdrawals
from tests.bot.people import Somebody, text_of
from tests.bot.tenant_year.oracle import May
from tests.bot.tenant_year.town import PROBLEM, Company, Life

MINUTE = timedelta(minutes=1)

# --- in the tenants ---------------------------------------------------------------------------------------------------


async def account(life: Life, one: Company) -> None:
    """Somebody leaves, is locked, comes back, or gets another name."""
    tenant = life.microsoft.tenants[one.tenant_id]
    who = life.chance.choice(list(one.people))
    if who in tenant.bin:
        tenant.accounts[who] = tenant.bin.pop(who)
    elif who not in tenant.accounts:
        return
    elif (how := life.chance.random()) < 0.4:
        life.microsoft.change(one.tenant_id, who, enabled=not tenant.accounts[who].enabled)
    elif how < 0.6:
        tenant.bin[who] = tenant.accounts.pop(who)
    else:
        life.microsoft.change(one.tenant_id, who, name=f"{one.people[who].name} {life.chance.randrange(99)}")
    life.note("account")


async def app(life: Life, one: Company) -> None:
    """The app is taken away, or let in again."""
    tenant = life.microsoft.tenants[one.tenant_id]
    if tenant.has_app and life.chance.random() < 0.7:
        return
    tenant.has_app = not tenant.has_app
    life.note("app")


async def outage(life: Life, one: Company) -> None:
    """Microsoft stops answering in a tenant, or in the provider's; or answers again."""
    where = life.chance.choice([one.tenant_id, one.tenant_id, life.microsoft.provider])
    tenant = life.microsoft.tenants[where]
    if tenant.down is None and life.chance.random() < 0.5:
        return
    tenant.down = life.microsoft.fault(where) if tenant.down is None else None
    life.note("outage")


async def relationship(life: Life, one: Company) -> None:
    """A relationship is approved, extended, narrowed or terminated by the customer."""
    microsoft = life.microsoft
    if (pending := microsoft.of(one.tenant_id, "approvalPending")) and life.chance.random() < 0.7:
        microsoft.approve(life.chance.choice(pending), life.chance.choice([1, 5, 25, 61, 90, 200]))
        life.note("approved")
    elif active := microsoft.of(one.tenant_id, "active"):
        key = life.chance.choice(active)
        how = life.chance.random()
        if how < 0.3:
            microsoft.relationships[key]["status"] = "terminated"
            life.note("terminated")
        elif how < 0.6:
            microsoft.extend(key)
            life.note("extended")
        elif microsoft.relationships[key]["assignments"]:
            roles = microsoft.relationships[key]["roles"]
            microsoft.relationships[key]["assignments"] = [life.chance.choice([roles, roles[:1]])]


# --- at the provider --------------------------------------------------------------------------------------------------


async def ask(life: Life, one: Company) -> None:
    """A manager asks for a relationship, or has everything looked at."""
    if not life.microsoft.of(one.tenant_id, "active", "approvalPending"):
        await life.world.click(life.world.mia, AskConsent(customer=one.id, mechanism="gdap"))
    else:
        await life.world.click(life.world.mia, CheckConsents(customer=one.id))
    await life.run()


async def end(life: Life, one: Company) -> None:
    """The provider ends a relationship."""
    grants = await life.database.read(partial(load_grants, customer_id=one.id))
    active = [grant for grant in grants if grant.mechanism == "gdap" and grant.known_state.is_active]
    if active and life.chance.random() < 0.3:
        grant = life.chance.choice(active)
        await life.world.click(life.world.mia, EndConsent(form_id=life.world.form(), grant=grant.id))
        await life.run()
        life.note("ended")


async def back(life: Life, one: Company) -> None:
    """A manager decides about somebody whose account is back: only where it is offered, and only who is well comes."""
    found = await life.database.read(partial(list_open, customer_id=one.id))
    offered = {who for who, member in one.house.members.items() if member.offered and not member.appointed}
    assert {search.object_id for search in found} == offered, "offered"
    tenant = life.microsoft.tenants[one.tenant_id]
    if not found or tenant.down is not None or not tenant.has_app:
        return
    search = life.chance.choice(found)
    assert search.object_id is not None
    member = one.house.members[search.object_id]
    if life.chance.random() < 0.2:
        await life.world.click(life.world.mia, DeclineContact(search=search.id))
        member.declined, member.offered = True, False
        return
    account_now = tenant.accounts.get(search.object_id)
    await life.world.click(life.world.mia, ConfirmContact(search=search.id))
    if account_now is not None and account_now.enabled:
        member.appointed, member.offered, member.seen_at = True, False, life.now
    else:
        member.declined, member.offered = True, False
    await life.run()
    life.note("back")


async def appoint(life: Life, one: Company) -> None:
    """The provider appoints somebody by word who was lost, without waiting for an offer."""
    lost = [who for who, member in one.house.members.items() if not member.appointed]
    if lost and life.chance.random() < 0.3:
        who = life.chance.choice(lost)
        appointed = partial(
            appoint_contact, customer_id=one.id, person_id=one.people[who].id, by=life.world.mia.id, now=life.now
        )
        assert await life.database.write(appointed)
        member = one.house.members[who]
        member.appointed, member.offered, member.declined = True, False, False
        await life.run()
        life.note("appointed")


# --- what people may --------------------------------------------------------------------------------------------------


async def act(life: Life, one: Company) -> None:
    """A contact does something: possible, only reading, or not at all."""
    who = life.chance.choice(list(one.people))
    may = one.house.may(who, life.now)
    before = await life.count_tickets()
    reply = await life.world.click(
        one.people[who], OpenTicket(form_id=life.world.form(), description="Something small")
    )
    happened = await life.count_tickets() - before
    assert happened == (may is May.ACT), (may, text_of(reply))
    shown = text_of(await life.world.click(one.people[who], ShowTicket(ticket=one.ticket)))
    assert (PROBLEM in shown) == (may is not May.NOTHING), (may, shown)
    life.note(may)


async def withdraw(life: Life, one: Company) -> None:
    """A contact takes consent back, or gives it again."""
    acting = [who for who in one.people if one.house.may(who, life.now) is May.ACT]
    if not acting:
        return
    who: Somebody = one.people[life.chance.choice(acting)]
    if one.rights.is_withdrawn(life.now):
        await life.world.click(who, LiftWithdrawal(form_id=life.world.form()))
        one.rights.withdrawn[-1] = (one.rights.withdrawn[-1][0], life.now)
    elif life.chance.random() < 0.4:
        await life.world.click(who, WithdrawAccess(form_id=life.world.form(), reason="Not now"))
        one.rights.withdrawn.append((life.now, None))
    kept = await life.database.read(partial(load_withdrawals, customer_id=one.id))
    assert [(row.withdrawn_at, row.lifted_at) for row in kept] == one.rights.withdrawn
    await life.run()
    life.note("withdraw")


async def session(life: Life, one: Company) -> None:
    """An engineer starts a session, which is possible exactly where access is covered."""
    engineer = life.world.finn
    running = await life.database.read(partial(load_running, engineer_id=engineer.id))
    if running is not None:
        return
    may = one.rights.covered(life.now, life.now)
    await life.world.click(engineer, StartSession(ticket=one.ticket))
    running = await life.database.read(partial(load_running, engineer_id=engineer.id))
    assert may is None or (running is not None) == may, may
    life.note("session" if running else "no session")
    await life.run()


async def log(life: Life, one: Company) -> None:
    """An engineer logs remote work of these days: accepted exactly where it was covered."""
    begin = life.now - timedelta(minutes=life.chance.randrange(10, 6000))
    begin = max(begin, life.logged_until)
    minutes = life.chance.randrange(1, 9)
    if begin + timedelta(minutes=minutes) > life.now:
        return
    here = local(begin)
    if here.date() != local(begin + timedelta(minutes=minutes)).date() or here.date() == date(2026, 10, 25):
        return
    before = len(await life.database.read(partial(load_entries, ticket_number=one.ticket)))
    fields = LogTime(
        form_id=life.world.form(),
        ticket=one.ticket,
        worked_on=here.date(),
        begin=here.time().replace(tzinfo=None),
        worked_minutes=minutes,
        work="Looked into it",
        billable=False,
        place=Place.REMOTE,
        outside_hours_reason=OutsideHoursReason.URGENCY,
    )
    covered = [one.rights.covered(begin + MINUTE * count, life.now) for count in range(minutes)]
    reply = await life.world.click(life.world.eva, fields)
    happened = len(await life.database.read(partial(load_entries, ticket_number=one.ticket))) - before
    if False in covered:
        assert not happened, "logged without access"
        life.note("refused work")
    elif None not in covered:
        assert happened == 1, text_of(reply)
        life.logged_until = begin + timedelta(minutes=minutes)
        life.note("work")
    elif happened:
        life.logged_until = begin + timedelta(minutes=minutes)
    await life.run()


# --- what holds at every moment ---------------------------------------------------------------------------------------


async def compare(life: Life, one: Company) -> None:
    """Many minutes of the past, of now, and of the hours around every look: covered or not, as the oracle says."""
    spans = await life.spans(one)
    moments = {life.now, life.now - MINUTE}
    moments |= {life.now - timedelta(minutes=life.chance.randrange(1, 90_000)) for _ in range(10)}
    for source in one.rights.sources.values():
        for at, _ in source.looks[-4:]:
            moments |= {at + timedelta(minutes=life.chance.choice([-61, -1, 0, 1, 61, 1439, 1440, 1441]))}
    for moment in moments:
        if moment > life.now:
            continue
        wanted = one.rights.covered(moment, life.now)
        try:
            check_remote_access(spans, moment, moment + MINUTE)
        except RemoteNeedsAccess:
            found = False
        else:
            found = True
        assert wanted is None or found == wanted, (moment, life.now, wanted, _told(one))
        life.note("covered" if found else "not covered")
    running = await life.database.read(partial(load_running, engineer_id=life.world.finn.id))
    if running is not None and running.ticket_number == one.ticket:
        assert one.rights.covered(life.now, life.now) is not False, "a session goes on without access"


def _told(one: Company) -> list[str]:
    return [
        f"{name} {at:%d-%m %H:%M} {found}"
        for name, source in one.rights.sources.items()
        for at, found in source.looks[-6:]
    ]


ACTS = (
    (account, 3),
    (app, 1),
    (outage, 3),
    (relationship, 4),
    (ask, 2),
    (end, 1),
    (back, 3),
    (appoint, 1),
    (act, 6),
    (withdraw, 1),
    (session, 2),
    (log, 4),
)
