"""The settings about what is asked of customers' tenants: the app's permissions and the engineers' roles (R25)."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, field_validator
from pydantic_settings import BaseSettings

from bot.setting_values import Guid
from contract.consents import Permission
from contract.permissions import GLOBAL_ADMINISTRATOR, LEAST_ROLES, LONGEST_DAYS, READ_PEOPLE, AccessTemplate

PermissionName = Annotated[str, Field(pattern=r"^[A-Za-z]+(\.[A-Za-z]+)+$", max_length=100)]


class Role(BaseModel):
    """One of Entra's roles: the id of its template, and its name."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: Guid
    name: Annotated[str, Field(min_length=1, max_length=80)]

    def __str__(self) -> str:
        """As `fourstar settings` shows it."""
        return self.name


class AccessSettings(BaseSettings):
    """What customers are asked for; the rest of the settings is in `bot/settings.py`."""

    graph_permissions: tuple[PermissionName, ...] = (READ_PEOPLE,)
    """The application permissions that every customer is asked for: those of the app's registration."""
    gdap_roles: tuple[Role, ...] = tuple(Role(id=one.id, name=one.name) for one in LEAST_ROLES)
    """The roles that a delegated admin relationship asks for."""
    gdap_group: Guid | None = None
    """The security group whose members get these roles; without it no relationship can be asked for."""
    gdap_days: Annotated[int, Field(ge=1, le=LONGEST_DAYS)] = 365
    gdap_extends: bool = False
    """Whether Microsoft extends a relationship by half a year each time until somebody ends it."""

    app_consent_covers_work: bool = False
    """Whether the consent to our app alone covers remote work by engineers; else that lets the bot read only (R25)."""

    @field_validator("graph_permissions")
    @classmethod
    def _reads_people(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if READ_PEOPLE not in value:
            raise ValueError(f"must have {READ_PEOPLE}: without it the app can't see who the contacts are")
        return tuple(dict.fromkeys(value))

    @field_validator("gdap_roles")
    @classmethod
    def _once_each(cls, value: tuple[Role, ...]) -> tuple[Role, ...]:
        if not value or len({one.id for one in value}) < len(value):
            raise ValueError("must name at least one role, and each once")
        return value

    @field_validator("gdap_extends")
    @classmethod
    def _can_extend(cls, value: bool, info: ValidationInfo) -> bool:
        if value and GLOBAL_ADMINISTRATOR in {one.id for one in info.data.get("gdap_roles", ())}:
            raise ValueError("Microsoft extends no relationship with Global Administrator")
        return value

    def access_template(self, app_id: str) -> AccessTemplate:
        """The same as what the rules know."""
        return AccessTemplate(
            app_id=app_id,
            permissions=self.graph_permissions,
            roles=tuple(sorted(Permission(one.id, one.name) for one in self.gdap_roles)),
            group_id=self.gdap_group,
            days=self.gdap_days,
            extends=self.gdap_extends,
        )
