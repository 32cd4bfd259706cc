"""Samples of consents to remote access: the provider's overview, requests, news, and the question before an end."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from cards.clicks.access import ForwardRequest
from cards.components import Card, execute
from cards.consent_list import ConsentLine, ConsentList, consent_list_card
from cards.consent_news import News, NewsSheet, consent_news_card, end_steps
from cards.consent_requests import RequestSheet, consent_request_card
from cards.consents import ConsentsSheet, consents_card, end_form
from cards.language import texts_for
from contract.consent_concerns import Concern, ConcernKind
from contract.consent_requests import ConsentRequest
from contract.consents import Grant, GrantState, Mechanism, Permission, Proof
from contract.people import Customer, Language
from contract.permissions import LEAST_ROLES
from tests.cards.samples import sample

HOSTILE_NAME = "Bäckerei [link](https://evil.example) **vet** <b>&amp;" * 8

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
CUSTOMER = Customer(id=7, name="Bakkerij Brood & Zo", tenant_id="t")
RELATIONSHIP = Grant(
    id=3,
    customer_id=7,
    mechanism=Mechanism.GDAP,
    source_id="6b0a5e7e-6c9b-4b35-a35b-9d5d1e0a8a11",
    title="Bakkerij Brood & Zo 12",
    state=GrantState.ACTIVE,
    known_state=GrantState.ACTIVE,
    scope=LEAST_ROLES,
    valid_from=datetime(2026, 2, 3, 10, tzinfo=UTC),
    valid_until=datetime(2027, 2, 3, 10, tzinfo=UTC),
    proof=Proof.RELATIONSHIP,
    checked_at=NOW - timedelta(minutes=12),
    approval_url="https://admin.microsoft.com/AdminPortal/Home#/partners/invitation/granularAdminRelationships/6b0a",
    created_at=NOW - timedelta(days=290),
)
APP = Grant(
    id=4,
    customer_id=7,
    mechanism=Mechanism.APP,
    source_id="11111111-2222-4333-8444-555555555555",
    title="",
    state=GrantState.ACTIVE,
    known_state=GrantState.ACTIVE,
    scope=(Permission("df021288-bdef-4463-88db-98f22de89214", "User.Read.All"),),
    valid_from=datetime(2026, 2, 3, 9, tzinfo=UTC),
    approved_by="Sanne de Boer <sanne@brood.example>",
    proof=Proof.SIGNED_IN,
    checked_at=NOW - timedelta(minutes=40),
    created_at=NOW - timedelta(days=290),
)
PAPER = replace(
    APP,
    id=5,
    mechanism=Mechanism.MANUAL,
    source_id="1",
    title="A. de Vries: ondertekend formulier van 5 januari, map Contracten",
    scope=(),
    proof=Proof.DOCUMENT,
    approved_by=None,
    valid_until=datetime(2026, 12, 31, 23, tzinfo=UTC),
    state=GrantState.EXPIRING,
    known_state=GrantState.EXPIRING,
)
REQUEST = ConsentRequest(
    id=12,
    customer_id=7,
    mechanism=Mechanism.APP,
    asked_by=2,
    asked_at=NOW - timedelta(hours=3),
    expires_at=NOW + timedelta(days=7),
)
TO_SANNE = replace(
    REQUEST, administrator="Sanne de Boer", administrator_email="s@b.example", forwarded_at=NOW - timedelta(hours=2)
)
SHEET = ConsentsSheet(
    customer=CUSTOMER,
    grants=(RELATIONSHIP, APP, PAPER),
    can_ask_relationship=True,
    is_manager=True,
    now=NOW,
)


@sample("consents: in force")
def _(language: Language) -> Card:
    return consents_card(SHEET, language)


@sample("consents: nobody was asked")
def _(language: Language) -> Card:
    return consents_card(replace(SHEET, grants=()), language)


@sample("consents: not known, waiting, and over")
def _(language: Language) -> Card:
    unknown = replace(RELATIONSHIP, state=GrantState.UNKNOWN, failing_since=NOW - timedelta(hours=5), error="503")
    asked = replace(RELATIONSHIP, id=8, state=GrantState.REQUESTED, known_state=GrantState.REQUESTED, valid_from=None)
    over = replace(APP, state=GrantState.REVOKED, known_state=GrantState.REVOKED, scope=(), approved_by=None)
    ending = replace(RELATIONSHIP, id=9, end_asked_at=NOW, end_asked_by="Mia")
    sheet = replace(SHEET, grants=(unknown, replace(asked, valid_until=None), over, ending), requests=(TO_SANNE,))
    said = texts_for(language)("We are looking. This card follows by itself within a minute.")
    return consents_card(replace(sheet, is_withdrawn=True), language, notice=said)


@sample("consents: for an engineer, without a group")
def _(language: Language) -> Card:
    return consents_card(replace(SHEET, is_manager=False, can_ask_relationship=False), language)


@sample("consents: very many, with long names")
def _(language: Language) -> Card:
    scope = tuple(Permission(f"role-{number}", f"{HOSTILE_NAME[:60]} {number}") for number in range(30))
    grants = tuple(replace(RELATIONSHIP, id=number, title=HOSTILE_NAME[:300], scope=scope) for number in range(1, 41))
    return consents_card(replace(SHEET, customer=replace(CUSTOMER, name=HOSTILE_NAME[:200]), grants=grants), language)


@sample("consent: end it?")
def _(language: Language) -> Card:
    return end_form(RELATIONSHIP, CUSTOMER, "form-00000001", language)


ASKED = RequestSheet(
    request=REQUEST,
    customer=CUSTOMER,
    provider_name="Oxineo",
    permissions=(Permission("User.Read.All", "User.Read.All"),),
    url="https://bot.example.org/consent/token",
    now=NOW,
)
ROLES = replace(
    ASKED,
    request=replace(TO_SANNE, mechanism=Mechanism.GDAP, expires_at=NOW + timedelta(days=90)),
    permissions=LEAST_ROLES,
    url=RELATIONSHIP.approval_url,
    valid_days=365,
)


@sample("request: the app's permission, for a contact")
def _(language: Language) -> Card:
    forward = execute(texts_for(language)("Forward to our administrator"), ForwardRequest(consent_request=12))
    return consent_request_card(replace(ASKED, forward=forward), language, is_staff=False)


@sample("request: roles, for a contact")
def _(language: Language) -> Card:
    return consent_request_card(ROLES, language, is_staff=False)


@sample("request: roles, for the provider, being prepared")
def _(language: Language) -> Card:
    said = texts_for(language)("It is on its way to the contacts, and to the administrator where one is named.")
    return consent_request_card(replace(ROLES, url=None), language, is_staff=True, notice=said)


@sample("request: declined before")
def _(language: Language) -> Card:
    request = replace(TO_SANNE, outcome="declined:AADSTS65004")
    return consent_request_card(replace(ASKED, request=request), language, is_staff=True)


@sample("request: by another organisation")
def _(language: Language) -> Card:
    return consent_request_card(
        replace(ASKED, request=replace(REQUEST, outcome="other_tenant")), language, is_staff=False
    )


@sample("request: given")
def _(language: Language) -> Card:
    request = replace(REQUEST, used_at=NOW, outcome="given")
    return consent_request_card(replace(ASKED, request=request), language, is_staff=False)


@sample("request: expired")
def _(language: Language) -> Card:
    return consent_request_card(replace(ASKED, now=NOW + timedelta(days=8)), language, is_staff=False)


@sample("request: very many permissions")
def _(language: Language) -> Card:
    many = tuple(Permission(f"id-{number}", f"{HOSTILE_NAME[:80]} {number}") for number in range(300))
    request = replace(REQUEST, administrator=HOSTILE_NAME[:200])
    return consent_request_card(replace(ASKED, request=request, permissions=many), language, is_staff=False)


NEWS = NewsSheet(
    news=News.ACTIVATED,
    grant=RELATIONSHIP,
    mechanism=Mechanism.GDAP,
    customer_id=7,
    customer_name=CUSTOMER.name,
    provider_name="Oxineo",
    goes_on=True,
    now=NOW,
)


@sample("news: in force")
def _(language: Language) -> Card:
    return consent_news_card(NEWS, language, is_staff=False)


@sample("news: taken away")
def _(language: Language) -> Card:
    over = replace(RELATIONSHIP, state=GrantState.REVOKED, known_state=GrantState.REVOKED, scope=())
    return consent_news_card(replace(NEWS, news=News.ENDED, grant=over, goes_on=False), language, is_staff=True)


@sample("news: its last day has passed, another goes on")
def _(language: Language) -> Card:
    over = replace(RELATIONSHIP, state=GrantState.EXPIRED, known_state=GrantState.EXPIRED, scope=())
    return consent_news_card(replace(NEWS, news=News.ENDED, grant=over), language, is_staff=False)


@sample("news: narrowed")
def _(language: Language) -> Card:
    return consent_news_card(
        replace(NEWS, news=News.NARROWED, lost=("License Administrator",)), language, is_staff=True
    )


@sample("news: widened")
def _(language: Language) -> Card:
    gained = ("Exchange Administrator", "Teams Administrator")
    return consent_news_card(replace(NEWS, news=News.WIDENED, gained=gained), language, is_staff=False)


@sample("news: ends soon")
def _(language: Language) -> Card:
    grant = replace(RELATIONSHIP, state=GrantState.EXPIRING, valid_until=NOW + timedelta(days=7))
    return consent_news_card(
        replace(NEWS, news=News.EXPIRING, grant=grant, days=7, request_id=12), language, is_staff=False
    )


@sample("news: not seen for a day")
def _(language: Language) -> Card:
    unknown = replace(RELATIONSHIP, state=GrantState.UNKNOWN, failing_since=NOW, checked_at=NOW - timedelta(hours=25))
    return consent_news_card(replace(NEWS, news=News.UNKNOWN, grant=unknown, goes_on=False), language, is_staff=False)


@sample("news: asked to end")
def _(language: Language) -> Card:
    return consent_news_card(replace(NEWS, news=News.END_ASKED), language, is_staff=True)


@sample("news: to be ended by hand")
def _(language: Language) -> Card:
    steps = end_steps(APP, "Oxineo", language)
    sheet = replace(NEWS, news=News.END_BY_HAND, grant=APP, mechanism=Mechanism.APP, covers_work=False, steps=steps)
    return consent_news_card(sheet, language, is_staff=True)


@sample("news: could not be asked for")
def _(language: Language) -> Card:
    sheet = replace(NEWS, news=News.NOT_CREATED, grant=None, code="403 Authorization_RequestDenied", request_id=12)
    return consent_news_card(sheet, language, is_staff=True)


CONCERNS = (
    ("Bakkerij Brood & Zo", Concern(ConcernKind.WITHDRAWN, NOW - timedelta(days=2))),
    ("Garage *Van Dam*", Concern(ConcernKind.MISSING, None)),
    ("Kapsalon Krul", Concern(ConcernKind.MISSING, NOW - timedelta(days=12))),
    ("Notariskantoor De Wit", Concern(ConcernKind.NOT_SEEN, NOW - timedelta(hours=3))),
    ("Fysiotherapie Zuid", Concern(ConcernKind.ENDING, NOW + timedelta(days=11))),
)
LINES = tuple(
    ConsentLine(customer=Customer(id=number, name=name, tenant_id="t"), concern=concern)
    for number, (name, concern) in enumerate(CONCERNS, start=7)
)


@sample("consents: all customers, to look at")
def _(language: Language) -> Card:
    return consent_list_card(ConsentList(lines=LINES, count=21, page=2, has_more=True, now=NOW), language)


@sample("consents: all customers, nothing to look at")
def _(language: Language) -> Card:
    return consent_list_card(ConsentList(lines=(), count=0, page=1, has_more=False, now=NOW), language)
