"""The small pages an administrator sees in a browser: what is asked, and what came of it (R25).

They have no script and load nothing from anywhere; the one button sends the administrator to Microsoft. Whoever made up
a link is told in every language, since nothing is known of that person.
"""

from __future__ import annotations

import base64
import hashlib
import html
from collections.abc import Sequence
from enum import StrEnum

from cards.consent_requests import RequestSheet
from cards.consent_texts import MECHANISM_MEANS, MECHANISMS, means, without
from cards.formats import calendar_date
from cards.language import Texts, message, texts_for
from contract.consents import Grant
from contract.local_time import local
from contract.people import Language

STYLE = (
    "body{font:16px/1.55 'Segoe UI',Helvetica,Arial,sans-serif;color:#1b1a19;background:#f5f5f5;margin:0}"
    "main{max-width:40em;margin:2em auto;padding:1.5em 2em;background:#fff;border:1px solid #e1dfdd;border-radius:6px}"
    "h1{font-size:22px;margin-top:0}h2{font-size:17px}"
    "dt{font-weight:600;margin-top:.8em;"
    "overflow-wrap:anywhere}dd{margin:0;color:#323130}"
    "button{font:600 16px 'Segoe UI',Helvetica,Arial,sans-serif;color:#fff;background:#4f52b2;border:0;"
    "border-radius:4px;padding:.7em 1.4em;margin:1.2em 0 .4em;cursor:pointer}"
    "button:focus{outline:3px solid #1b1a19;outline-offset:2px}"
    "small,footer{color:#605e5c}footer{border-top:1px solid #e1dfdd;margin-top:1.5em;padding-top:.8em;font-size:14px}"
)
STYLE_DIGEST = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
"""What the content security policy allows instead of any style."""


class Said(StrEnum):
    """What a page says where there is nothing to decide."""

    THANKS = "thanks"
    DECLINED = "declined"
    OTHER_TENANT = "other_tenant"
    OTHER_BROWSER = "other_browser"
    USED = "used"
    GIVEN = "given"
    EXPIRED = "expired"
    SUPERSEDED = "superseded"
    STALE = "stale"
    FORGED = "forged"
    BUSY = "busy"
    ENDING = "ending"
    NOTHING_TO_END = "nothing_to_end"


_SAID: dict[Said, tuple[str, str]] = {
    Said.THANKS: (
        message("Thank you. We are checking it with Microsoft."),
        message(
            "That takes up to 15 minutes. Your contacts see the outcome in Microsoft Teams; you can close this page."
        ),
    ),
    Said.DECLINED: (
        message("Nothing was granted"),
        message("Microsoft says that it was declined or broken off. The link you came from still works."),
    ),
    Said.OTHER_TENANT: (
        message("You signed in with another organisation"),
        message(
            "This request is for one organisation only. Open the link again and sign in with an account of that one."
        ),
    ),
    Said.OTHER_BROWSER: (
        message("This way back from Microsoft is not good in this browser"),
        message(
            "It began in another browser, or was begun anew meanwhile. Nothing was done. Open the link again; the "
            "browser has to keep a cookie for an hour."
        ),
    ),
    Said.USED: (
        message("This link was used already"),
        message("Somebody went through it before. If nothing came of it, call or write to us for a new one."),
    ),
    Said.GIVEN: (
        message("This was granted already"),
        message("There is nothing left to do."),
    ),
    Said.EXPIRED: (
        message("This link has expired"),
        message("Call or write to us for a new one."),
    ),
    Said.SUPERSEDED: (
        message("There is a newer request"),
        message("Use the link of the newer one; this one does nothing any more."),
    ),
    Said.STALE: (
        message("This way back from Microsoft is not good any more"),
        message("It was used before, took more than an hour, or was begun anew meanwhile. Open the link again."),
    ),
    Said.FORGED: (
        message("This link does not work"),
        message("It may be incomplete. Open it from the card in Microsoft Teams or from our mail again."),
    ),
    Said.BUSY: (
        message("Microsoft does not answer at the moment"),
        message("Nothing was done. Open the link again in a few minutes."),
    ),
    Said.ENDING: (
        message("It is being ended"),
        message("We do it where Microsoft lets us, look every 15 minutes until it is gone, and tell your contacts."),
    ),
    Said.NOTHING_TO_END: (
        message("There is nothing to end"),
        message("It is not in force any more, or it is not wanted any more that it ends."),
    ),
}


def said_page(said: Said, languages: Sequence[Language], *, provider: str, code: str = "") -> str:
    """A page that says one thing, in these languages."""
    parts = []
    for language in languages:
        t = texts_for(language)
        title, reason = (t(part) for part in _SAID[said])
        more = f"<p><small>{_safe(code)}</small></p>" if code else ""
        parts.append(f'<div lang="{language.value}"><h1>{_safe(title)}</h1><p>{_safe(reason)}</p>{more}</div>')
    return _page("".join(parts), texts_for(languages[0]), _SAID[said][0], provider)


def request_page(sheet: RequestSheet, language: Language, *, signs_in: bool, phone: str) -> str:
    """What is asked, why, what happens without it, and the button to Microsoft."""
    t = texts_for(language)
    mechanism = sheet.request.mechanism
    title = t("{provider} asks for access to your Microsoft 365", provider=sheet.provider_name)
    asked = "".join(
        f"<dt>{_safe(one.name)}</dt><dd>{_safe(t('For: {what}.', what=means(t, mechanism, one) or one.id))} "
        f"{_safe(t('Without it: {what}.', what=without(t, one.name)))}</dd>"
        for one in sheet.permissions
    )
    steps = (
        t("You first sign in with Microsoft, so that our records name who decided; then Microsoft asks you to consent.")
        if signs_in
        else t("Microsoft asks you to sign in and to consent.")
    )
    until = calendar_date(local(sheet.request.expires_at).date(), language)
    doubt = t("Not expecting this? Close the page: nothing happens. Or call us: {phone}.", phone=phone)
    body = (
        f"<h1>{_safe(title)}</h1>"
        f"<p>{_safe(t('For {customer}, to which we give support.', customer=sheet.customer.name))}</p>"
        f"<p>{_safe(t(MECHANISM_MEANS[mechanism]))}</p>"
        f"<h2>{_safe(t('This is asked, and nothing else:'))}</h2><dl>{asked}</dl>"
        f"<p>{_safe(steps)} {_safe(t('You need to administer Microsoft 365 there (a Global Administrator).'))}</p>"
        f"<form method=post><button>{_safe(t('Go on to Microsoft'))}</button></form>"
        f"<p><small>{_safe(t('The link works until {day}, once.', day=until))} "
        f"{_safe(doubt)}</small></p>"
    )
    return _page(body, t, title, sheet.provider_name, is_whole=True)


def end_page(grant: Grant, customer_name: str, language: Language, *, provider: str) -> str:
    """Asks the administrator once more whether it is to end."""
    t = texts_for(language)
    title = t("End this consent of {customer}?", customer=customer_name)
    body = (
        f"<h1>{_safe(title)}</h1><p><strong>{_safe(t(MECHANISMS[grant.mechanism]))}</strong><br>{_safe(grant.title)}</p>"
        f"<p>{_safe(t(MECHANISM_MEANS[grant.mechanism]))}</p>"
        f"<p>{_safe(t('Asked by {who}.', who=grant.end_asked_by)) if grant.end_asked_by else ''}</p>"
        f"<form method=post><button>{_safe(t('End it'))}</button></form>"
        f"<p><small>{_safe(t('Close the page to keep it.'))}</small></p>"
    )
    return _page(body, t, title, provider, is_whole=True)


def _page(body: str, t: Texts, title: str, provider: str, *, is_whole: bool = False) -> str:
    shown = title if is_whole else t(title)
    return (
        f'<!doctype html><html lang="{t.language.value}"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width,initial-scale=1"><meta name="robots" content="noindex">'
        f"<title>{_safe(shown)}</title><style>{STYLE}</style></head>"
        f"<body><main>{body}<footer>{_safe(provider)}</footer></main></body></html>"
    )


def _safe(value: str) -> str:
    return html.escape(value)
