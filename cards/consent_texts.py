"""The words for consents to remote access: what each one is, covers, where it stands and how it is proven (R25)."""

from __future__ import annotations

from collections.abc import Iterable

from cards.components import clip
from cards.language import Texts, message
from contract.consents import GrantState, Mechanism, Permission, Proof

MECHANISMS = {
    Mechanism.APP: message("Permission of the support app"),
    Mechanism.GDAP: message("Access of our engineers (delegated admin relationship)"),
    Mechanism.MANUAL: message("Recorded consent"),
}
MECHANISM_MEANS = {
    Mechanism.APP: message("The support app reads who the contacts are. It gives our engineers no access."),
    Mechanism.GDAP: message(
        "Some of Microsoft's administrator roles, lent to us for a limited time. Our engineers can do what these roles "
        "allow, and nothing else."
    ),
    Mechanism.MANUAL: message("Remote access was agreed on paper or by mail."),
}
STATES = {
    GrantState.NONE: message("Not given"),
    GrantState.REQUESTED: message("Asked for, not in force"),
    GrantState.ACTIVE: message("In force"),
    GrantState.EXPIRING: message("In force, and ends soon"),
    GrantState.EXPIRED: message("Ended"),
    GrantState.REVOKED: message("Taken away"),
    GrantState.UNKNOWN: message("Not known: the last check failed"),
}
PROOFS = {
    Proof.TOKEN: message("Microsoft issued a token of that tenant with these permissions"),
    Proof.SIGNED_IN: message("this person signed in with Microsoft on the way, and a token of that tenant shows it"),
    Proof.RELATIONSHIP: message("Microsoft shows the relationship as active"),
    Proof.AUDIT: message("the audit log of that tenant names who did it"),
    Proof.CARD: message("a click in Teams"),
    Proof.DOCUMENT: message("a document"),
}
_APP_MEANS = {
    "User.Read.All": message("see who works there: names, addresses, and whether an account is enabled"),
    "Application.Read.All": message("read what it was granted itself"),
    "AppCatalog.Read.All": message("see whether the support app is in your Teams catalogue"),
    "AuditLog.Read.All": message("read in the log who consented"),
    "Directory.Read.All": message("read the directory, which the log needs"),
    "GroupMember.Read.All": message("see who is in a group"),
    "TeamsAppInstallation.ReadWriteSelfForUser.All": message("install itself in Teams for an appointed contact"),
}
_APP_WITHOUT = {
    "User.Read.All": message("we don't notice that a contact left, and take your word for who the contacts are"),
    "Application.Read.All": message("we see what was granted in the token only, without dates"),
    "AppCatalog.Read.All": message("a new contact gets a mail with a link and installs the app"),
    "AuditLog.Read.All": message("our records don't name who consented, unless that person signed in"),
    "Directory.Read.All": message("our records don't name who consented, unless that person signed in"),
    "GroupMember.Read.All": message("nothing changes for you"),
    "TeamsAppInstallation.ReadWriteSelfForUser.All": message(
        "a new contact gets a mail with a link and installs the app"
    ),
}
_ROLE_MEANS = {
    "31392ffb-586c-42d1-9346-e59415a2cc4e": message("mailboxes, shared mailboxes and distribution lists"),
    "729827e3-9c14-49f7-bb1b-9608f156bbb8": message("passwords and sign-ins of people who are no administrators"),
    "4d6ac14f-3453-41d0-bef9-a3e0c569773a": message("hand out and take back licences"),
    "f023fd81-a637-4b56-95fd-791ac0226033": message("open cases with Microsoft, and see outages"),
    "f2ef992c-3afb-46b9-b7cf-a126ee74c451": message("read settings, change nothing"),
    "29232cdf-9323-42fd-ade2-1d097af3e4de": message("all of Exchange: mail flow, mailboxes, rules"),
    "69091246-20e8-4a56-aa4d-066075b2a7a8": message("all of Teams"),
    "f28a1f50-f6e7-4571-818b-6a12f2af6b6c": message("all of SharePoint and OneDrive"),
    "fe930be7-5e62-47db-91af-98c3a49a38b1": message("people and groups"),
    "88d8e3e3-8f55-4a1e-953a-9b9898b8876b": message("read people and groups"),
    "62e90394-69f5-4237-9190-012177145e10": message("everything"),
}
LONGEST_SCOPE = 600


def means(t: Texts, mechanism: Mechanism, permission: Permission) -> str:
    """What a permission or role is for; empty for one that only has a name."""
    found = _APP_MEANS.get(permission.name) if mechanism is Mechanism.APP else _ROLE_MEANS.get(permission.id)
    return t(found) if found else ""


def without(t: Texts, name: str) -> str:
    """What happens where an application permission is not granted."""
    found = _APP_WITHOUT.get(name)
    return t(found) if found else t("what needs it does not work")


def named(t: Texts, mechanism: Mechanism, permission: Permission) -> str:
    """A permission in plain words, with Microsoft's name for it."""
    meaning = means(t, mechanism, permission)
    return f"{meaning} ({permission.name})" if meaning else permission.name


def scope_text(t: Texts, mechanism: Mechanism, scope: Iterable[Permission]) -> str:
    """Everything a consent covers, in one text."""
    return clip("; ".join(named(t, mechanism, one) for one in scope), LONGEST_SCOPE)


def names_text(names: Iterable[str]) -> str:
    """Names of permissions, in one text."""
    return clip(", ".join(names), LONGEST_SCOPE)
