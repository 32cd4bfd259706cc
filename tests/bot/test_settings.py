"""Settings: clear refusals that name the variable, secrets from files, nothing that silently does not hold."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, NoEncryption, PrivateFormat

from bot.settings import InvalidSettings, Settings, load_settings, variables
from contract.people import Language
from contract.tickets import Urgency
from demo.graph.certificates import write_certificates
from documents.receipts import public_pem, signer_of
from graph.access import Certificate, ManagedIdentity, Secret
from tests.receipt_keys import TEST_KEY

APP_ID = "6f9619ff-8b86-d011-b42d-00c04fc964ff"
TENANT_ID = "9b1e0d4c-53a7-4d2b-8c11-0d7a52a5f0aa"
ENOUGH = {
    "FOURSTAR_APP_ID": APP_ID,
    "FOURSTAR_APP_TENANT_ID": TENANT_ID,
    "FOURSTAR_APP_SECRET": "s3cret",
    "FOURSTAR_PUBLIC_URL": "https://support.example.com/",
    "FOURSTAR_LINK_SIGNING_KEY": "k" * 32,
    "FOURSTAR_RECEIPT_KEY": TEST_KEY,
}


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Enough to start, and nothing of the machine."""
    for variable in variables():
        monkeypatch.delenv(variable, raising=False)
        monkeypatch.delenv(variable + "_FILE", raising=False)
    for variable, value in ENOUGH.items():
        monkeypatch.setenv(variable, value)


def refused() -> dict[str, str]:
    """What is wrong, by variable."""
    with pytest.raises(InvalidSettings) as caught:
        load_settings()
    return {problem.variable: problem.reason for problem in caught.value.problems}


def test_six_settings_are_enough() -> None:
    """Who the bot is, its secret, its address and keys for links and receipts are all it takes; the rest has
    defaults.
    """
    settings = load_settings()
    assert settings.app_id == APP_ID
    assert settings.credential == Secret("s3cret")
    assert settings.public_url == "https://support.example.com"
    assert settings.public_host == "support.example.com"
    assert settings.file_limit_bytes == 10 * 1024 * 1024
    assert settings.default_language is Language.NL
    assert settings.response_minutes[Urgency.CRITICAL] == 240


@pytest.mark.parametrize(
    "variable",
    [
        "FOURSTAR_APP_ID",
        "FOURSTAR_APP_TENANT_ID",
        "FOURSTAR_PUBLIC_URL",
        "FOURSTAR_LINK_SIGNING_KEY",
        "FOURSTAR_RECEIPT_KEY",
    ],
)
@pytest.mark.parametrize("value", [None, ""])
def test_what_has_no_default_is_asked_for_by_name(
    variable: str, value: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Starting without an app id (or another needed setting) is refused, absent and empty alike."""
    if value is None:
        monkeypatch.delenv(variable)
    else:
        monkeypatch.setenv(variable, value)
    assert refused() == {variable: "is missing"}


@pytest.mark.parametrize(
    "variable,value",
    [
        ("FOURSTAR_APP_ID", "my-bot"),
        ("FOURSTAR_PUBLIC_URL", "http://support.example.com"),
        ("FOURSTAR_PUBLIC_URL", "support.example.com"),
        ("FOURSTAR_PUBLIC_URL", "https://support.example.com/?a=b"),
        ("FOURSTAR_LINK_SIGNING_KEY", "short"),
        ("FOURSTAR_RECEIPT_KEY", "k" * 64),
        ("FOURSTAR_RECEIPT_KEY", public_pem(signer_of(TEST_KEY.encode()).public_key)),
        ("FOURSTAR_DATABASE_URL", "mysql://db/fourstar"),
        ("FOURSTAR_DATABASE_URL", "fourstar.sqlite"),
        ("FOURSTAR_SMTP_URL", "smtp://user:se/cret@mail.example.com"),
        ("FOURSTAR_SMTP_URL", "http://mail.example.com"),
        ("FOURSTAR_MAIL_FROM", "Oxineo <info@oxineo.nl>"),
        ("FOURSTAR_PORT", "70000"),
        ("FOURSTAR_FILE_LIMIT_MB", "0"),
        ("FOURSTAR_LOG_LEVEL", "loud"),
        ("FOURSTAR_SECRET_EXPIRES_ON", "soon"),
        ("FOURSTAR_DEFAULT_LANGUAGE", "fr"),
        ("FOURSTAR_RESPONSE_MINUTES", "critical=240"),
        ("FOURSTAR_RESPONSE_MINUTES", '{"urgent": 60}'),
        ("FOURSTAR_APP_CERTIFICATE", "missing.pem"),
        ("FOURSTAR_LOGIN_HOST", "https://login.microsoftonline.com"),
        ("FOURSTAR_LOGIN_HOST", "login.microsoftonline.com/common"),
        ("FOURSTAR_GDAP_GROUP", "Engineers"),
        ("FOURSTAR_GDAP_DAYS", "731"),
        ("FOURSTAR_GDAP_ROLES", "Helpdesk Administrator"),
    ],
)
def test_a_wrong_value_is_refused_by_name(variable: str, value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A value that cannot be used is refused with the variable to change, and the value itself is not repeated."""
    monkeypatch.setenv(variable, value)
    with pytest.raises(InvalidSettings) as caught:
        load_settings()
    assert {problem.variable for problem in caught.value.problems} == {variable}
    assert variable in str(caught.value)
    assert value not in str(caught.value)


def test_everything_wrong_is_said_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """An operator repairs all wrong settings in one go."""
    monkeypatch.delenv("FOURSTAR_APP_ID")
    monkeypatch.setenv("FOURSTAR_PORT", "no")
    assert set(refused()) == {"FOURSTAR_APP_ID", "FOURSTAR_PORT"}


def test_a_misspelt_setting_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """A limit that silently does not hold is worse than a bot that does not start."""
    monkeypatch.setenv("FOURSTAR_FILE_LIMIT", "5")
    assert refused() == {"FOURSTAR_FILE_LIMIT": "no such setting; is it FOURSTAR_FILE_LIMIT_MB?"}
    monkeypatch.delenv("FOURSTAR_FILE_LIMIT")
    monkeypatch.setenv("FOURSTAR_ZZZ", "1")
    assert refused() == {"FOURSTAR_ZZZ": "no such setting"}


@pytest.mark.parametrize(
    "given",
    [
        {"FOURSTAR_APP_SECRET": ""},
        {"FOURSTAR_MANAGED_IDENTITY": "true"},
    ],
)
def test_exactly_one_credential(given: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    """No credential, or two, is refused: the operator must know which one counts."""
    for variable, value in given.items():
        monkeypatch.setenv(variable, value)
    assert "exactly one" in refused()["FOURSTAR_APP_SECRET"]


def test_a_certificate_or_managed_identity_replaces_the_secret(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A certificate or a managed identity works in place of a secret."""
    monkeypatch.delenv("FOURSTAR_APP_SECRET")
    monkeypatch.setenv("FOURSTAR_MANAGED_IDENTITY", "true")
    assert load_settings().credential == ManagedIdentity(APP_ID)
    monkeypatch.delenv("FOURSTAR_MANAGED_IDENTITY")
    pem = tmp_path / "bot.pem"
    pem.write_text("-----BEGIN CERTIFICATE-----")
    monkeypatch.setenv("FOURSTAR_APP_CERTIFICATE", str(pem))
    assert load_settings().credential == Certificate(pem)


def test_secrets_come_from_files(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """`FOURSTAR_X_FILE` stands for the content of that file, for every setting, without the line end editors add."""
    secret = tmp_path / "secret"
    secret.write_text("from a file\n")
    monkeypatch.delenv("FOURSTAR_APP_SECRET")
    monkeypatch.setenv("FOURSTAR_APP_SECRET_FILE", str(secret))
    database = tmp_path / "database"
    database.write_text("postgresql://fourstar:pw@db/fourstar\n")
    monkeypatch.setenv("FOURSTAR_DATABASE_URL_FILE", str(database))
    settings = load_settings()
    assert settings.app_secret is not None
    assert settings.app_secret.get_secret_value() == "from a file"
    assert settings.database_url == "postgresql+asyncpg://fourstar:pw@db/fourstar"


def test_a_secret_given_twice_or_an_absent_file_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Two sources for one secret, or a file that is not there, stop the start."""
    monkeypatch.setenv("FOURSTAR_APP_SECRET_FILE", str(tmp_path))
    assert refused() == {"FOURSTAR_APP_SECRET_FILE": "give either this or FOURSTAR_APP_SECRET"}
    monkeypatch.delenv("FOURSTAR_APP_SECRET")
    assert refused() == {"FOURSTAR_APP_SECRET_FILE": "there is no file that can be read"}


@pytest.mark.parametrize(
    "make,found",
    [
        (lambda: ec.generate_private_key(ec.SECP256R1()), "EC"),
        (lambda: rsa.generate_private_key(65537, 2048), "RSA"),
    ],
)
def test_receipts_are_signed_with_ed25519_only(
    make: Callable[[], ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey], found: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A key of another type is refused by its name, with the command that makes a right one (D13)."""
    monkeypatch.setenv(
        "FOURSTAR_RECEIPT_KEY", make().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    )
    assert found in refused()["FOURSTAR_RECEIPT_KEY"]
    assert "openssl genpkey -algorithm ed25519" in refused()["FOURSTAR_RECEIPT_KEY"]


def test_a_key_with_a_password_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """The bot starts without anybody at the keyboard, so nobody can give the password."""
    locked = ed25519.Ed25519PrivateKey.generate().private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"password")
    )
    monkeypatch.setenv("FOURSTAR_RECEIPT_KEY", locked.decode())
    assert "encrypted" in refused()["FOURSTAR_RECEIPT_KEY"]


def test_a_key_can_stand_on_one_line(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Files of variables have one line each: line ends written as backslash and n are line ends. A file works too."""
    monkeypatch.setenv("FOURSTAR_RECEIPT_KEY", TEST_KEY.replace("\n", "\\n"))
    assert load_settings().receipt_key.get_secret_value() == TEST_KEY
    monkeypatch.delenv("FOURSTAR_RECEIPT_KEY")
    (tmp_path / "key").write_text(TEST_KEY)
    monkeypatch.setenv("FOURSTAR_RECEIPT_KEY_FILE", str(tmp_path / "key"))
    assert load_settings().receipt_key.get_secret_value() == TEST_KEY.strip()


def test_secrets_are_never_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    """Printing the settings shows no secret."""
    shown = repr(load_settings())
    assert "s3cret" not in shown
    assert "k" * 32 not in shown
    assert "PRIVATE KEY" not in shown


def test_hosts_are_a_list_with_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hosts are written as people write them, not as JSON."""
    monkeypatch.setenv("FOURSTAR_TEAMS_HOSTS", "smba.example.com, *.Example.org")
    assert load_settings().teams_hosts == ("smba.example.com", "*.example.org")


def test_dates_and_switches(monkeypatch: pytest.MonkeyPatch) -> None:
    """A date is written as 2027-01-31, a switch as true or false."""
    monkeypatch.setenv("FOURSTAR_SECRET_EXPIRES_ON", "2027-01-31")
    monkeypatch.setenv("FOURSTAR_METRICS", "false")
    settings = load_settings()
    assert settings.secret_expires_on == date(2027, 1, 31)
    assert settings.metrics is False


def test_further_authorities_are_certificates(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A file of authorities is looked into at the start, or it would be noticed when Graph is first asked."""
    ca_path, _ = write_certificates(tmp_path)
    monkeypatch.setenv("FOURSTAR_TRUSTED_CA", str(ca_path))
    assert load_settings().trusted_ca == ca_path
    ca_path.write_text("-----BEGIN NOTHING-----")
    assert refused() == {"FOURSTAR_TRUSTED_CA": "must be a PEM file with certificates"}


def test_response_times_stay_below_the_ceiling(monkeypatch: pytest.MonkeyPatch) -> None:
    """D20: a response table that could exceed the pick-up target is refused: over 480 office minutes (1440 working)."""
    monkeypatch.setenv("FOURSTAR_RESPONSE_MINUTES", '{"high": 481}')
    assert set(refused()) == {"FOURSTAR_RESPONSE_MINUTES"}
    monkeypatch.setenv("FOURSTAR_PICKUP_IN_WORKING_DAYS", "true")
    assert load_settings().response_minutes[Urgency.HIGH] == 481
    monkeypatch.setenv("FOURSTAR_RESPONSE_MINUTES", '{"normal": 1441}')
    assert set(refused()) == {"FOURSTAR_RESPONSE_MINUTES"}


def test_the_demo_can_run_on_this_machine() -> None:
    """Plain http is accepted for addresses of this machine only; settings can be given as arguments too."""
    settings = Settings(public_url="http://127.0.0.1:3978", graph_url="http://localhost:9000")  # type: ignore[call-arg]
    assert settings.public_url == "http://127.0.0.1:3978"
