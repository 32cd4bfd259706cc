"""The way to Microsoft that this installation's settings describe: the bot's own tokens, and Graph in all tenants."""

from __future__ import annotations

from bot.settings import Settings
from graph.access import TokenSource
from graph.login_session import LoginSession, trusting
from graph.sign_in import SignIn
from graph.tenants import Tenants, open_tenants


def bot_tokens(settings: Settings) -> TokenSource:
    """Tokens for the Bot Connector, of the provider's own tenant."""
    own = None if settings.trusted_ca is None else LoginSession(trusted=trusting(settings.trusted_ca))
    return TokenSource(
        client_id=settings.app_id,
        tenant_id=settings.app_tenant_id,
        credential=settings.credential,
        login_host=settings.login_host,
        session=own,
    )


async def all_tenants(settings: Settings) -> Tenants:
    """Graph in the customers' tenants and the provider's; close it afterwards."""
    return await open_tenants(
        client_id=settings.app_id,
        home_tenant_id=settings.app_tenant_id,
        credential=settings.credential,
        graph_url=settings.graph_url,
        login_host=settings.login_host,
        trusted_ca=settings.trusted_ca,
    )


def administrators_sign_in(settings: Settings) -> SignIn:
    """How the administrator of a customer's tenant shows who that is before consenting."""
    return SignIn(
        settings.app_id,
        settings.credential,
        settings.login_host,
        None if settings.trusted_ca is None else trusting(settings.trusted_ca),
    )
