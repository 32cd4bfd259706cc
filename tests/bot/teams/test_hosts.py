"""Which addresses may be called: the list, and the ways to get around it that do not work."""

from __future__ import annotations

import pytest

from bot.teams.hosts import FILE_HOSTS, TEAMS_HOSTS, TrustedHosts, same_host

TEAMS = TrustedHosts(TEAMS_HOSTS)
FILES = TrustedHosts(FILE_HOSTS)


@pytest.mark.parametrize(
    "url",
    [
        "https://smba.trafficmanager.net/emea/",
        "https://SMBA.trafficmanager.net/emea",
        "https://smba.trafficmanager.net:443/teams/",
        "https://smba.infra.gcc.teams.microsoft.com/gcc/",
    ],
)
def test_teams_hosts_are_allowed(url: str) -> None:
    """The Bot Connector's own hosts pass, however they are written."""
    assert TEAMS.allows(url)


@pytest.mark.parametrize(
    "url",
    [
        "http://smba.trafficmanager.net/emea/",
        "https://smba.trafficmanager.net.evil.example/",
        "https://evil.example/smba.trafficmanager.net",
        "https://smba.trafficmanager.net@evil.example/",
        "https://user:word@smba.trafficmanager.net/",
        "https://evil.example#@smba.trafficmanager.net/",
        "https://evil.example\\@smba.trafficmanager.net/",
        "https://smba.trafficmanager.net:8443/",
        "https://smba.trafficmanager.net:port/",
        "https://smba.trafficmanager.net\t.evil.example/",
        "https://[smba.trafficmanager.net/",
        "https://smba.trafficmanager.net./",
        "https://ѕmba.trafficmanager.net/",
        "//smba.trafficmanager.net/",
        "smba.trafficmanager.net",
        "file:///etc/passwd",
        "https:///emea",
        "https://169.254.169.254/metadata",
        "https://localhost/",
        "http://127.0.0.1:3978/",
        "",
    ],
)
def test_everything_else_is_not(url: str) -> None:
    """No other scheme, port, user part, look-alike, odd character or local address gets the bot's token."""
    assert not TEAMS.allows(url)


def test_a_star_stands_for_hosts_below_a_name() -> None:
    """`*.sharepoint.com` is every tenant's OneDrive, and neither the name itself nor one that only ends like it."""
    assert FILES.allows("https://contoso-my.sharepoint.com/personal/x?tempauth=1")
    assert not FILES.allows("https://sharepoint.com/x")
    assert not FILES.allows("https://evilsharepoint.com/x")
    assert not FILES.allows("https://contoso.sharepoint.com.evil.example/x")


def test_this_machine_only_when_told() -> None:
    """Loopback is a setting for the local stand-ins: it adds this machine and nothing else."""
    local = TrustedHosts(TEAMS_HOSTS, loopback=True)
    for url in (
        "http://127.0.0.1:3978/x",
        "http://localhost:26150/_connector",
        "http://[::1]:1/",
        "https://localhost/",
    ):
        assert local.allows(url)
    for url in ("http://127.0.0.1.nip.example/", "http://10.0.0.1/", "http://0.0.0.0/", "ftp://localhost/"):
        assert not local.allows(url)


def test_the_keys_lie_where_the_openid_document_lies() -> None:
    """A host that is named once is trusted for itself only."""
    hosts = same_host("https://login.botframework.com/v1/.well-known/openidconfiguration")
    assert hosts.allows("https://login.botframework.com/v1/.well-known/keys")
    assert not hosts.allows("https://keys.example/v1")
    assert not hosts.allows("http://127.0.0.1/keys")
    assert not same_host("").allows("")
