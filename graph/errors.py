"""What can go wrong with Microsoft's login service and Microsoft Graph. Data only, never text.

GraphError
├── NoAccess               there is no token for a tenant
│   ├── AccessRefused      the login service said no: wrong secret, app unknown in the tenant, certificate ended
│   └── AccessUnavailable  the login service could not be asked, or asked for a pause
└── NoAnswer               Graph did not give what it was asked for
    ├── GraphRefused       the app may not read it, or there is no such thing
    │   ├── RevokeRefused  the app may not take its own permissions away: a person of the tenant has to
    │   ├── MailRefused    one message is not taken: its address or its form
    │   └── MailboxRefused  no message is taken: the mailbox is not there, or the app may not send from it
    ├── GraphUnavailable   Graph could not be asked, failed, or asked for a pause
    │   └── MailPutOff     the mailbox has sent too much for now, or is being moved; the message was not taken
    └── LinkExpired        what was kept of the last look is too old: look at everything again
"""

from __future__ import annotations


class GraphError(Exception):
    """Anything that went wrong with the login service or Microsoft Graph."""


LONGEST_FAULT = 120


def fault_of(error: Exception) -> str:
    """What went wrong as it is kept and shown to the staff: a code of Microsoft's, never a text."""
    if isinstance(error, NoAccess):
        return error.code[:LONGEST_FAULT]
    if isinstance(error, NoAnswer):
        return f"{error.status} {error.code}".strip()[:LONGEST_FAULT]
    return "no answer in time" if isinstance(error, TimeoutError) else type(error).__name__


class NoAccess(GraphError):
    """No token for `tenant_id`. `code` is the service's own (`AADSTS700016`, `invalid_client`), or the name of the
    fault.
    """

    def __init__(self, tenant_id: str, code: str) -> None:
        super().__init__(tenant_id, code)
        self.tenant_id = tenant_id
        self.code = code


class AccessRefused(NoAccess):
    """Asking again gives the same answer until somebody changes the registration or the settings; what of that says
    that the tenant has taken the app away is `contract.consent_checks.is_app_gone`.
    """


class AccessUnavailable(NoAccess):
    """Asking again may succeed, after `retry_after_s` where the service said so."""

    def __init__(self, tenant_id: str, code: str, retry_after_s: float | None = None) -> None:
        super().__init__(tenant_id, code)
        self.retry_after_s = retry_after_s


class NoAnswer(GraphError):
    """Graph answered with `status` (0: no answer came) and its own `code`, such as `Authorization_RequestDenied`."""

    location: str | None = None
    """The address the answer named, where it named one."""

    def __init__(self, status: int, code: str) -> None:
        super().__init__(status, code)
        self.status = status
        self.code = code


class GraphRefused(NoAnswer):
    """Asking again gives the same answer until somebody grants a permission or corrects an id."""


class RevokeRefused(GraphRefused):
    """The app may not take away what it was granted: a person of the customer's tenant has to."""


class MailRefused(GraphRefused):
    """One message is not taken; others are."""


class MailboxRefused(GraphRefused):
    """No message is taken until somebody corrects the mailbox or what the app may do with it."""


class GraphUnavailable(NoAnswer):
    """Asking again may succeed, after `retry_after_s` where Graph said so."""

    def __init__(self, status: int, code: str, retry_after_s: float | None = None) -> None:
        super().__init__(status, code)
        self.retry_after_s = retry_after_s


class MailPutOff(GraphUnavailable):
    """Exchange wants a pause; the message was not taken."""


class LinkExpired(NoAnswer):
    """A link to what changed since the last look no longer works, so everything is looked at again. `location` may name
    the address for that; a look without a link does the same.
    """
