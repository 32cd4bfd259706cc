"""Tokens of many tenants, with the real msal over TLS: whose token, whose refusal, what is remembered."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import pytest

from contract.consent_checks import is_app_gone
from demo.graph.directory import Tenant
from demo.graph.server import GraphStandIn
from graph import tenants as module
from graph.access import Certificate, ManagedIdentity
from graph.errors import AccessRefused, AccessUnavailable, GraphRefused, GraphUnavailable
from graph.login_session import LoginSession
from graph.tenants import Tenants
from tests.graph.login import write_certificate
from tests.graph.stand_in import APP_ID, CUSTOMER, HOME, ROSES, Clock, name_of, open_to

FIRST = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
NOBODY = "10000000-0000-0000-0000-0000000000ff"


async def test_each_tenant_has_its_own_token(
    stand_in: GraphStandIn, tenants: Tenants, customer: Tenant, roses: Tenant
) -> None:
    """Thirty questions at once in two tenants: each gets its own people, and one token each is fetched."""
    anna, bram = customer.add_user("Anna", "anna@a.example"), roses.add_user("Bram", "bram@b.example")
    asked = [name_of(tenants.of(CUSTOMER), anna.id) for _ in range(15)]
    asked += [name_of(tenants.of(ROSES), bram.id) for _ in range(15)]
    assert await asyncio.gather(*asked) == ["Anna"] * 15 + ["Bram"] * 15
    assert sorted(form["tenant"] for form in stand_in.login.requests) == [CUSTOMER, ROSES]
    with pytest.raises((GraphRefused, GraphUnavailable)) as refused:
        await name_of(tenants.of(CUSTOMER), bram.id)
    assert refused.value.status == 404


async def test_what_was_granted_is_read_from_a_new_token(
    stand_in: GraphStandIn, tenants: Tenants, customer: Tenant
) -> None:
    """`roles` fetches a token each time: it sees a permission that was given or taken a moment ago."""
    assert await tenants.roles(CUSTOMER) == {"User.Read.All"}
    customer.consent(APP_ID, "AuditLog.Read.All", at=stand_in.clock())
    assert await tenants.roles(CUSTOMER) == {"User.Read.All", "AuditLog.Read.All"}
    customer.revoke(APP_ID, "User.Read.All", "AuditLog.Read.All")
    assert await tenants.roles(CUSTOMER) == frozenset()


async def test_looks_at_once_share_a_token(stand_in: GraphStandIn, tenants: Tenants, customer: Tenant) -> None:
    """Ten looks and ten questions at once fetch two tokens at most: one that a question had begun to fetch, one new."""
    anna = customer.add_user("Anna", "anna@a.example")
    asked = [name_of(tenants.of(CUSTOMER), anna.id) for _ in range(10)]
    looked = [tenants.roles(CUSTOMER) for _ in range(10)]
    assert await asyncio.gather(*asked) == ["Anna"] * 10
    assert len(stand_in.login.requests) == 1
    names = asyncio.gather(*(name_of(tenants.of(CUSTOMER), anna.id) for _ in range(10)))
    assert set(await asyncio.gather(*looked)) == {frozenset({"User.Read.All"})}
    assert await names == ["Anna"] * 10
    assert len(stand_in.login.requests) == 2


async def test_a_look_waits_for_no_older_token(stand_in: GraphStandIn, tenants: Tenants, customer: Tenant) -> None:
    """A token that somebody had begun to fetch before the look says nothing of now: the look fetches its own."""
    held = asyncio.Event()
    fault = stand_in.faults.add("POST */token", wait_for=held)
    asking = asyncio.create_task(name_of(tenants.of(CUSTOMER), "anna"))
    await fault.reached.wait()
    looking = asyncio.create_task(tenants.roles(CUSTOMER))
    customer.consent(APP_ID, "Mail.Send", at=FIRST)
    held.set()
    assert await looking == {"User.Read.All", "Mail.Send"}
    await asyncio.wait({asking})
    assert asking.exception() is not None
    assert len(stand_in.login.requests) == 2


@pytest.mark.parametrize("code", [7000229, 700016])
async def test_an_app_that_was_taken_away(tenants: Tenants, customer: Tenant, code: int) -> None:
    """Both of Entra's words for it say that the tenant has taken the app away; a consent afterwards is seen at once."""
    customer.revoke(APP_ID)
    customer.unknown_app_code = code
    with pytest.raises(AccessRefused) as refused:
        await tenants.roles(CUSTOMER)
    assert (refused.value.code, is_app_gone(refused.value.code)) == (f"AADSTS{code}", True)
    customer.consent(APP_ID, "User.Read.All", at=FIRST)
    assert await tenants.roles(CUSTOMER) == {"User.Read.All"}
    anna = customer.add_user("Anna", "anna@a.example")
    assert await name_of(tenants.of(CUSTOMER), anna.id) == "Anna"


async def test_an_app_that_was_switched_off(tenants: Tenants, customer: Tenant) -> None:
    """A service principal that may not sign in is as good as none."""
    customer.principals[APP_ID].account_enabled = False
    with pytest.raises(AccessRefused) as refused:
        await tenants.roles(CUSTOMER)
    assert is_app_gone(refused.value.code)


async def test_no_such_tenant(tenants: Tenants) -> None:
    """A directory that is not found is told by Entra's code, which its library hides; it says nothing of the app."""
    with pytest.raises(AccessRefused) as refused:
        await tenants.roles(NOBODY)
    assert (refused.value.code, is_app_gone(refused.value.code)) == ("AADSTS90002", False)


async def test_our_own_fault_is_not_the_customers(stand_in: GraphStandIn, tenants: Tenants) -> None:
    """A secret of ours that is wrong says nothing of what a customer granted."""
    stand_in.directory.apps[APP_ID].secrets = ["another"]
    with pytest.raises(AccessRefused) as refused:
        await tenants.roles(CUSTOMER)
    assert (refused.value.code, is_app_gone(refused.value.code)) == ("AADSTS7000215", False)


@pytest.mark.parametrize("what", ["discovery", "token"])
@pytest.mark.parametrize(
    "fault",
    [{"status": 429, "retry_after_s": 7}, {"status": 503}, {"status": 500}, {"drop": "before"}, {"malformed": True}],
    ids=str,
)
async def test_a_login_service_in_trouble_refuses_nothing(
    stand_in: GraphStandIn, tenants: Tenants, fault: dict[str, object], what: str
) -> None:
    """Throttled, failing, cut off or talking nonsense: nobody knows, which is not the same as no."""
    pattern = "GET */openid-configuration" if what == "discovery" else "POST */token"
    stand_in.faults.add(pattern, times=9, **fault)
    with pytest.raises(AccessUnavailable) as unavailable:
        await tenants.roles(CUSTOMER)
    assert unavailable.value.retry_after_s == (7 if fault.get("status") == 429 else None)
    stand_in.faults.clear()
    assert await tenants.roles(CUSTOMER) == {"User.Read.All"}


async def test_a_look_that_fails_takes_no_token_away(
    stand_in: GraphStandIn, tenants: Tenants, customer: Tenant
) -> None:
    """The token in force stays where a newer one cannot be had, so a hiccup of the login service stops nobody else."""
    anna = customer.add_user("Anna", "anna@a.example")
    assert await name_of(tenants.of(CUSTOMER), anna.id) == "Anna"
    stand_in.faults.add("POST */token", status=503, times=9)
    with pytest.raises(AccessUnavailable):
        await tenants.roles(CUSTOMER)
    stand_in.faults.add("GET /v1.0/*", status=401)  # whoever has no token does not get as far as this
    with pytest.raises(AccessUnavailable):
        await name_of(tenants.of(CUSTOMER), anna.id)


async def test_a_no_is_remembered_for_a_minute(
    stand_in: GraphStandIn, clocked: Tenants, customer: Tenant, seconds: Clock
) -> None:
    """A tenant that took the app away is not asked for a token with every question, but with the first of a minute."""
    customer.revoke(APP_ID)
    graph = clocked.of(CUSTOMER)
    for _ in range(5):
        with pytest.raises(AccessRefused):
            await name_of(graph, "anna")
    assert len(stand_in.login.requests) == 1
    seconds.s += module.REFUSAL_KEPT_S
    with pytest.raises(AccessRefused):
        await name_of(graph, "anna")
    assert len(stand_in.login.requests) == 2


@pytest.mark.parametrize(
    "retry_after_s,kept_s", [(None, module.OUTAGE_KEPT_S), (40, 40), (9000, module.LONGEST_OUTAGE_S)]
)
async def test_an_outage_is_remembered_shortly(
    stand_in: GraphStandIn, clocked: Tenants, seconds: Clock, retry_after_s: int | None, kept_s: float
) -> None:
    """A login service that fails is asked again after a quarter of a minute, or when it says, five minutes at most."""
    graph = clocked.of(CUSTOMER)
    fault = stand_in.faults.add("* */token", status=429, retry_after_s=retry_after_s, times=99)
    for passes_s, hits in ((0, 1), (kept_s - 1, 1), (1, 2)):
        seconds.s += passes_s
        for _ in range(2):
            with pytest.raises(AccessUnavailable):
                await name_of(graph, "anna")
        assert fault.hits == hits


async def test_logins_that_hang_stop_nobody_else(
    stand_in: GraphStandIn, tenants: Tenants, roses: Tenant, customer: Tenant
) -> None:
    """Many tenants wait for the login service: the others' questions go on, and so do other threads of the process."""
    anna = customer.add_user("Anna", "anna@a.example")
    assert await name_of(tenants.of(CUSTOMER), anna.id) == "Anna"
    held = asyncio.Event()
    fault = stand_in.faults.add(f"* /{ROSES}/*", wait_for=held, times=9)
    waiting = [asyncio.create_task(name_of(tenants.of(ROSES), "bram")) for _ in range(40)]
    await fault.reached.wait()
    assert await name_of(tenants.of(CUSTOMER), anna.id) == "Anna"
    assert await asyncio.to_thread(lambda: "a thread") == "a thread"
    held.set()
    await asyncio.gather(*waiting, return_exceptions=True)


async def test_a_certificate_serves_all_tenants(
    stand_in: GraphStandIn, customer: Tenant, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """A certificate in place of a secret proves who the app is, in every tenant."""
    from cryptography import x509

    pem = tmp_path_factory.mktemp("own") / "app.pem"
    write_certificate(pem)
    stand_in.directory.apps[APP_ID].secrets.clear()
    async with open_to(stand_in, Certificate(pem)) as opened:
        with pytest.raises(AccessRefused) as refused:
            await opened.roles(CUSTOMER)
        assert refused.value.code == "AADSTS700027"
        stand_in.directory.apps[APP_ID].certificates.append(x509.load_pem_x509_certificate(pem.read_bytes()))
        assert await opened.roles(CUSTOMER) == await opened.roles(HOME) == {"User.Read.All"}


async def test_a_managed_identity_is_known_at_home_only(stand_in: GraphStandIn) -> None:
    """Nobody else can consent to a managed identity: in a customer's tenant it is refused without asking anybody."""
    async with open_to(stand_in, ManagedIdentity("b0")) as opened:
        with pytest.raises(AccessRefused) as refused:
            await opened.roles(CUSTOMER)
    assert (refused.value.code, is_app_gone(refused.value.code)) == ("managed_identity", False)
    assert stand_in.login.requests == []


async def test_a_token_of_another_tenant_proves_nothing(
    stand_in: GraphStandIn, tenants: Tenants, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a token says is believed of its own tenant only; one that cannot be read is no answer."""
    claims = stand_in.login._claims
    monkeypatch.setattr(stand_in.login, "_claims", lambda *given: {**claims(*given), "tid": ROSES})
    with pytest.raises(AccessRefused) as refused:
        await tenants.roles(CUSTOMER)
    assert not is_app_gone(refused.value.code)
    monkeypatch.setattr(stand_in.login, "sign", lambda *_: "opaque")
    with pytest.raises(AccessUnavailable):
        await tenants.roles(CUSTOMER)


# --- what is kept -----------------------------------------------------------------------------------------------------


def test_nothing_is_kept_of_a_tenant_nobody_asks_about(monkeypatch: pytest.MonkeyPatch) -> None:
    """After two hours without a question a tenant is let go, the longest unused first; over the limit at once."""
    seconds = Clock()
    monkeypatch.setattr(module, "MOST_TENANTS", 50)
    kept = Tenants(
        None,  # type: ignore[arg-type]  # nothing is asked
        LoginSession(),
        client_id=APP_ID,
        home_tenant_id=HOME,
        credential=ManagedIdentity(),
        monotonic=seconds,
    )
    first = kept.of("t1")
    kept.of("t2")
    seconds.s += module.IDLE_S - 1
    assert kept.of("t1") is first
    seconds.s += 1
    kept.of("t3")
    assert list(kept._known) == ["t1", "t3"]
    for number in range(55):
        kept.of(f"more-{number}")
    assert list(kept._known) == [f"more-{number}" for number in range(5, 55)]
    kept._pool.shutdown()
