"""Every setting of the bot: read once from environment variables that begin with `FOURSTAR_`, and checked at the start.

Each setting can also be given as a file: `FOURSTAR_APP_SECRET_FILE=/run/secrets/app_secret` stands for the content of
that file, so that secrets never need to be in the environment. A variable that is misspelt is refused, because a limit
that silently does not hold is worse than a bot that does not start. README lists every setting; a test compares.
"""

from __future__ import annotations

import difflib
import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    Field,
    FilePath,
    SecretStr,
    ValidationError,
    ValidationInfo,
    field_validator,
    model_validator,
)
from pydantic_core import ErrorDetails
from pydantic_settings import (
    BaseSettings,
    EnvSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    SettingsError,
)

from bot.access_settings import AccessSettings
from bot.mail_server import MailServer, read_mail_server
from bot.mail_settings import MailSettings
from bot.setting_values import (
    BaseUrl,
    Bic,
    DatabaseUrl,
    DutchPostalCode,
    DutchVatId,
    Guid,
    Host,
    Hosts,
    Iban,
    Kvk,
    LinkKey,
    ReceiptKey,
    checked_authorities,
)
from bot.teams.hosts import FILE_HOSTS, TEAMS_HOSTS
from bot.teams.keys import OPENID_URL
from contract.errors import ResponseTooSlow
from contract.people import Language
from contract.pickup import SHIPPED_RESPONSE_MINUTES, check_response_table
from contract.tickets import Urgency
from graph.access import LOGIN_HOST, Certificate, Credential, ManagedIdentity, Secret

PREFIX = "FOURSTAR_"
FILE_SUFFIX = "_FILE"


@dataclass(frozen=True, slots=True)
class Problem:
    """One setting that cannot be used: the environment variable, and what is wrong with it in English."""

    variable: str
    reason: str


class InvalidSettings(Exception):
    """The bot does not start; `problems` has every wrong setting at once, without any value."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__(problems)
        self.problems = problems

    def __str__(self) -> str:
        """One line per problem, each beginning with the variable to change."""
        return "\n".join(f"{problem.variable}: {problem.reason}" for problem in self.problems)


class Settings(MailSettings, AccessSettings):
    """The settings of one installation. Field `x` is the variable `FOURSTAR_X`; values are checked, paths exist."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, extra="forbid", env_ignore_empty=True)

    # Who the bot is. Without an app id botbuilder would switch authentication off, so there is no default.
    app_id: Guid
    app_tenant_id: Guid
    """The provider's own tenant: where the bot is registered and where the engineers are."""
    app_secret: SecretStr | None = None
    app_certificate: FilePath | None = None
    """A PEM file with the private key and the certificate."""
    managed_identity: bool = False
    """Whether the bot is registered as a user-assigned managed identity, whose client id is then the app id."""
    secret_expires_on: date | None = None
    """The last day of the secret or certificate, where Graph may not be asked for it."""

    # Where it runs.
    database_url: DatabaseUrl = "sqlite:///fourstar.sqlite"
    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=1, le=65535)] = 3978
    public_url: BaseUrl
    """The address under which Teams and people reach the bot, without a path of its own after it."""
    link_signing_key: LinkKey
    """Signs links to files; every replica has the same."""
    receipt_key: ReceiptKey
    """Signs receipts of decisions: an Ed25519 private key in PEM; every replica has the same."""

    # The provider, as the contract names it (R1).
    provider_name: str = "Oxineo"
    provider_address: str = "Voorstraat 116, 3231 BK Brielle"
    provider_email: str = "info@oxineo.nl"
    provider_phone: str = "+31 85 808 6950"
    provider_website: BaseUrl | None = None
    privacy_url: BaseUrl | None = None
    terms_url: BaseUrl | None = None
    """The last three stand in the Teams app package, which is not built without them."""
    default_language: Language = Language.NL
    """For a person whose client does not say."""

    # The provider as an invoice must name it by law; without all but the BIC none is issued (R1).
    provider_legal_name: str = ""
    provider_street: str = ""
    provider_postal_code: DutchPostalCode | None = None
    provider_city: str = ""
    provider_registration: Kvk | None = None
    """The number in the trade register (KvK)."""
    provider_vat_id: DutchVatId | None = None
    provider_iban: Iban | None = None
    provider_bic: Bic | None = None
    engineers_group: Guid | None = None
    managers_group: Guid | None = None
    """Security groups of the provider's tenant: whoever is in one is on the staff."""
    issue_invoices_without_asking: bool = False
    """Whether the invoices of a month go out on the 1st by themselves; otherwise a manager releases them."""

    # What holds for tickets.
    pickup_in_working_days: bool = False
    """D19: whether the three days until pick-up are working days instead of calendar days."""
    response_minutes: dict[Urgency, int | None] = Field(default_factory=lambda: dict(SHIPPED_RESPONSE_MINUTES))
    """D20: office minutes per urgency, null for none."""
    file_limit_mb: Annotated[int, Field(ge=1, le=100)] = 10

    # Who it talks to. `*.` stands for one or more labels in front.
    teams_hosts: Hosts = tuple(sorted(TEAMS_HOSTS))
    """The only hosts that ever get the bot's token."""
    file_hosts: Hosts = tuple(sorted(FILE_HOSTS))
    """From where files of people are fetched, besides the Teams hosts."""
    openid_metadata_url: BaseUrl = OPENID_URL
    """Names the keys that sign what Teams sends."""
    login_host: Host = LOGIN_HOST
    graph_url: BaseUrl = "https://graph.microsoft.com"
    trusted_ca: Annotated[FilePath, AfterValidator(checked_authorities)] | None = None
    """A PEM file with certificate authorities that login service and Graph may also be vouched for by."""

    # What operators see.
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    log_format: Literal["json", "console"] = "json"
    metrics: bool = True
    """Whether /metrics is served. It has numbers only, but the reverse proxy should still keep it inside."""

    @field_validator("response_minutes")
    @classmethod
    def _within_the_ceiling(cls, value: dict[Urgency, int | None], info: ValidationInfo) -> dict[Urgency, int | None]:
        table = {**SHIPPED_RESPONSE_MINUTES, **value}
        try:
            check_response_table(table, working_days=info.data.get("pickup_in_working_days", False))
        except ResponseTooSlow as refusal:
            raise ValueError(f"{refusal.urgency}: from 1 to {refusal.most} office minutes, or null (D20)") from None
        return table

    @model_validator(mode="after")
    def _exactly_one_credential(self) -> Settings:
        given = [self.app_secret is not None, self.app_certificate is not None, self.managed_identity]
        if sum(given) != 1:
            raise ValueError(
                "give exactly one of FOURSTAR_APP_SECRET, FOURSTAR_APP_CERTIFICATE and FOURSTAR_MANAGED_IDENTITY"
            )
        return self

    @property
    def credential(self) -> Credential:
        """How the bot proves to Microsoft Entra who it is."""
        if self.app_secret is not None:
            return Secret(self.app_secret.get_secret_value())
        return Certificate(self.app_certificate) if self.app_certificate is not None else ManagedIdentity(self.app_id)

    @property
    def mail_server(self) -> MailServer | None:
        """The server that takes mails, if there is one."""
        if self.smtp_url is None:
            return None
        return read_mail_server(self.smtp_url.get_secret_value(), self.mail_from or self.provider_email)

    @property
    def file_limit_bytes(self) -> int:
        """The largest file a person can attach."""
        return self.file_limit_mb * 1024 * 1024

    @property
    def public_host(self) -> str:
        """The host of `public_url`, with its port if it has one."""
        return urlsplit(self.public_url).netloc

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Arguments, then files, then the environment; no dotenv file that happens to lie around."""
        return init_settings, _FileSource(settings_cls), env_settings


class _FileSource(EnvSettingsSource):
    """Reads `FOURSTAR_X` from the file that `FOURSTAR_X_FILE` names."""

    def _load_env_vars(self) -> Mapping[str, str | None]:
        return {
            variable.lower(): Path(os.environ[variable + FILE_SUFFIX]).read_text(encoding="utf-8").strip()
            for variable in variables()
            if os.environ.get(variable + FILE_SUFFIX)
        }


def variables() -> tuple[str, ...]:
    """The environment variable of every setting, in the order of the class."""
    return tuple(PREFIX + name.upper() for name in Settings.model_fields)


def load_settings() -> Settings:
    """Read and check all settings. Raises `InvalidSettings` with everything that is wrong at once."""
    problems = _unusable_variables()
    if problems:
        raise InvalidSettings(tuple(problems))
    try:
        return Settings()  # type: ignore[call-arg]  # pydantic-settings fills them
    except ValidationError as error:
        raise InvalidSettings(
            tuple(_problem(item) for item in error.errors(include_input=False, include_url=False))
        ) from None
    except SettingsError as error:  # a value that should be JSON and is not; the cause would repeat the value
        raise InvalidSettings(
            (Problem(PREFIX + _field_in(str(error)).upper(), "must be JSON, see the table in README"),)
        ) from None


def _unusable_variables() -> list[Problem]:
    """Variables that no setting has, that are given twice, or whose file cannot be read."""
    known = variables()
    problems = []
    for name in sorted(name for name in os.environ if name.upper().startswith(PREFIX)):
        variable = name.upper().removesuffix(FILE_SUFFIX)
        if variable not in known:
            near = difflib.get_close_matches(variable.removeprefix(PREFIX).lower(), Settings.model_fields, n=1)
            hint = f"; is it {PREFIX}{near[0].upper()}?" if near else ""
            problems.append(Problem(name, "no such setting" + hint))
        elif name.upper().endswith(FILE_SUFFIX) and os.environ[name]:
            if os.environ.get(variable):
                problems.append(Problem(name, f"give either this or {variable}"))
            elif not os.access(os.environ[name], os.R_OK) or not Path(os.environ[name]).is_file():
                problems.append(Problem(name, "there is no file that can be read"))
    return problems


def _problem(item: ErrorDetails) -> Problem:
    """What pydantic found, without the value: it may be a secret."""
    field = str(item["loc"][0]) if item["loc"] else "app_secret"
    if item["type"] == "missing":
        return Problem(PREFIX + field.upper(), "is missing")
    return Problem(PREFIX + field.upper(), item["msg"].removeprefix("Value error, "))


def _field_in(message: str) -> str:
    return next((name for name in Settings.model_fields if f'"{name}"' in message), "")
