"""The settings of mail: it goes by an SMTP server or from a mailbox by Graph, or not at all."""

from __future__ import annotations

from pydantic import ValidationInfo, field_validator
from pydantic_settings import BaseSettings

from bot.setting_values import MailAddress, SmtpUrl


class MailSettings(BaseSettings):
    """By which way mails go, and from whom. `bot/settings.py` has all others, and the prefix."""

    smtp_url: SmtpUrl | None = None
    mail_from: MailAddress | None = None
    """Under which address mails are sent by SMTP; the provider's own where it is not given."""
    mail_mailbox: MailAddress | None = None
    """A mailbox of the provider's tenant that mails are sent from by Graph, in place of an SMTP server."""

    @field_validator("mail_mailbox")
    @classmethod
    def _one_way_for_mail(cls, value: str | None, info: ValidationInfo) -> str | None:
        """Two ways would be two senders, and nobody could say by which one a mail went."""
        if value is not None and (info.data.get("smtp_url") or info.data.get("mail_from")):
            raise ValueError("give either this, or FOURSTAR_SMTP_URL with FOURSTAR_MAIL_FROM")
        return value

    @property
    def sends_mail(self) -> bool:
        """Whether mails go out, by whichever way."""
        return self.smtp_url is not None or self.mail_mailbox is not None
