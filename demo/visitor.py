"""Somebody with a browser and no Teams: an administrator who gets a mail, opens the link in it, and clicks."""

from __future__ import annotations

import html
import re
import ssl
from email.message import EmailMessage

import aiohttp
from yarl import URL

from demo.graph.mail import mailboxes_of
from demo.graph.server import GraphStandIn

_SENDS_ITSELF = re.compile(r'<form method="post" action="([^"]*)">(.*?)</form><script>', re.DOTALL)
_FIELD = re.compile(r'<input type="hidden" name="([^"]*)" value="([^"]*)">')


SENDS_ITSELF = "document.forms[0].submit()"
"""What stands in a page whose form a browser sends by itself."""


def mails_to(graph: GraphStandIn, tenant_id: str, address: str) -> list[EmailMessage]:
    """What a tenant's mailboxes sent to an address, in order."""
    sent = [mail for box in mailboxes_of(graph.directory.tenants[tenant_id]).values() for mail in box.sent]
    return [mail for mail in sent if address in str(mail["To"])]


def words_of(mail: EmailMessage) -> str:
    """The plain text of a mail."""
    body = mail.get_body(("plain",))
    return body.get_content() if body is not None else ""


def link_in(mail: EmailMessage, part: str) -> str:
    """The address in a mail that has `part` in it. Raises AssertionError where there is none."""
    found = re.search(rf"https?://\S*{re.escape(part)}\S*", words_of(mail))
    if found is None:
        msg = f"No link with {part} in the mail:\n{words_of(mail)}"
        raise AssertionError(msg)
    return found[0].rstrip(".>)")


async def consents(graph: GraphStandIn, url: str) -> tuple[str, str]:
    """Open the page, click its button, and go wherever that leads; returns the words of the first and the last page."""
    trusted = ssl.create_default_context(cafile=str(graph.ca_path))
    async with aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(ssl=trusted), cookie_jar=aiohttp.CookieJar(unsafe=True)
    ) as browser:
        async with browser.get(url) as page:
            asked = _words(await page.text())
        # A state stands in the address as it was sent: writing it anew would break its signature.
        answer = await browser.post(url, allow_redirects=False)
        while True:
            if "Location" in answer.headers:
                there = URL(answer.headers["Location"], encoded=True)
                answer.release()
                answer = await browser.get(there, allow_redirects=False)
            elif SENDS_ITSELF in (shown := await answer.text()):
                answer = await browser.post(_action(shown), data=_fields(shown), allow_redirects=False)
            else:
                return asked, _words(shown)


def _action(page: str) -> str:
    """Where the form of a page goes."""
    return html.unescape(re.findall(r'<form[^>]* action="([^"]+)"', page)[0])


def _fields(page: str) -> dict[str, str]:
    """What the form of a page carries."""
    found = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page)
    return {html.unescape(name): html.unescape(value) for name, value in found}


def _words(page: str) -> str:
    """What a person reads on a page."""
    body = re.sub(r"<(style|head)\b.*?</\1>", " ", page, flags=re.DOTALL)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", body)).split())
