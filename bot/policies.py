"""What of the settings decides something in a turn."""

from __future__ import annotations

from bot.billing_parties import seller_of
from bot.settings import Settings
from bot.turn import Policy, Provider

CHAT_LINK = "https://teams.microsoft.com/l/chat/0/0?users=28:{}"
"""Opens the chat with the bot in Teams, where it is installed."""


def policy_of(settings: Settings) -> Policy:
    """What of the settings decides something in a turn."""
    return Policy(
        provider=Provider(
            name=settings.provider_name,
            address=settings.provider_address,
            email=settings.provider_email,
            phone=settings.provider_phone,
            tenant_id=settings.app_tenant_id,
            chat_url=CHAT_LINK.format(settings.app_id),
        ),
        pickup_in_working_days=settings.pickup_in_working_days,
        response_minutes=settings.response_minutes,
        file_limit_bytes=settings.file_limit_bytes,
        public_url=settings.public_url,
        link_key=settings.link_signing_key.get_secret_value().encode(),
        receipt_key=settings.receipt_key.get_secret_value().encode(),
        sends_mail=settings.sends_mail,
        default_language=settings.default_language,
        seller=seller_of(settings),
        app_id=settings.app_id,
        engineers_group=settings.engineers_group,
        managers_group=settings.managers_group,
        issue_without_asking=settings.issue_invoices_without_asking,
        access=settings.access_template(settings.app_id),
        app_consent_covers_work=settings.app_consent_covers_work,
    )
