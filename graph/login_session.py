"""The connections to the login service: every request ends, whoever makes it, and extra authorities can be trusted."""

from __future__ import annotations

import functools
import ssl
from http import HTTPStatus
from pathlib import Path
from typing import Any

import httpx
import requests
from requests.adapters import HTTPAdapter
from urllib3.util import Retry

TIMEOUT_S = 10
CONNECTIONS = 16


class LoginBusy(requests.RequestException):
    """The login service asked for a pause, of `retry_after_s` if it said so. msal would take it for a refusal."""

    def __init__(self, retry_after_s: float | None) -> None:
        super().__init__("too many requests")
        self.retry_after_s = retry_after_s


class LoginSession(requests.Session):
    """A session whose requests end: msal's own have no time limit. Several threads and token sources may share it.

    `verify` is the path of the only certificates to trust; `trusted` a context that has everything to trust.
    """

    def __init__(self, *, verify: bool | str = True, trusted: ssl.SSLContext | None = None) -> None:
        super().__init__()
        self._verify = verify
        self.mount("https://", _Adapter(trusted))

    def request(self, *args: Any, **kwargs: Any) -> requests.Response:
        """One request. Raises `LoginBusy` where msal would take a pause for a refusal.

        The service never leads elsewhere; a proxy that does would get our secret, so nobody is followed.
        """
        kwargs.setdefault("timeout", TIMEOUT_S)
        kwargs["allow_redirects"] = False
        # Said with each request, because an environment variable outweighs what the session says.
        kwargs.setdefault("verify", None if self._verify is True else self._verify)
        response = super().request(*args, **kwargs)
        if response.status_code in {HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_MANY_REQUESTS}:
            raise LoginBusy(seconds_of(response.headers.get("Retry-After")))
        return response


class _Adapter(HTTPAdapter):
    """Trusts what its context trusts, if it has one."""

    def __init__(self, trusted: ssl.SSLContext | None) -> None:
        self._trusted = trusted
        # Once more, because a kept connection may just have been closed; but a pause is never slept through in here.
        super().__init__(max_retries=Retry(total=1, respect_retry_after_header=False), pool_maxsize=CONNECTIONS)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        """Give the context to every connection."""
        if self._trusted is not None:
            kwargs["ssl_context"] = self._trusted
        super().init_poolmanager(*args, **kwargs)

    def cert_verify(self, conn: Any, *args: Any, **kwargs: Any) -> None:
        """Check, and load nothing more into a context of our own."""
        if self._trusted is None:
            super().cert_verify(conn, *args, **kwargs)
        else:
            conn.cert_reqs = "CERT_REQUIRED"


@functools.lru_cache(maxsize=2)
def trusting(extra: Path | None) -> ssl.SSLContext:
    """What is trusted: the authorities everybody trusts, and those in the PEM file `extra`. Raises OSError.

    Reading them takes a twentieth of a second, so it is for a thread; who asks again shares the answer.
    """
    context = httpx.create_ssl_context()
    if extra is not None:
        context.load_verify_locations(extra)
    return context


def seconds_of(retry_after: str | None) -> float | None:
    """`Retry-After` in seconds; None where it is missing or a date, which neither service writes."""
    return float(retry_after) if retry_after and retry_after.isascii() and retry_after.isdigit() else None
