"""The command `fourstar`: run the bot, and set up what can't be set up in chat.

Settings come from the environment, as for the bot itself (README). Every command says what to do next when it fails.
Exit codes: 0 done; 1 not done (refused, not found, in use); 2 the settings or the command line are wrong.
"""

from __future__ import annotations

import typer

from bot.cli import (
    access,
    addenda,
    administrators,
    billing,
    cases,
    consent_requests,
    consents,
    contacts,
    contracts,
    customers,
    db,
    engineers,
    erasures,
    exports,
    guests,
    hours,
    invoices,
    manifest,
    outbox,
    prices,
    receipts,
    register,
    serve,
    settings,
    watching,
)

app = typer.Typer(
    help="Four Star Support for Microsoft Teams.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.command("serve")(serve.serve)
app.command("demo")(serve.demo)
app.command("settings")(settings.show)
customers.app.command("consent")(consents.consent)
customers.app.command("administrator")(administrators.administrator)
customers.app.command("billing")(billing.billing)
customers.app.command("erase")(erasures.erase)
customers.app.command("watch")(watching.watch)
app.command("register")(register.register)
app.command("export")(exports.export)
engineers.app.add_typer(guests.app, name="guests")
app.add_typer(customers.app, name="customer")
app.add_typer(contacts.app, name="contact")
app.add_typer(contracts.app, name="contract")
app.add_typer(prices.app, name="prices")
app.add_typer(addenda.app, name="addendum")
app.add_typer(engineers.app, name="engineer")
app.add_typer(hours.app, name="hours")
app.add_typer(invoices.app, name="invoice")
app.add_typer(outbox.app, name="outbox")
app.add_typer(receipts.app, name="receipts")
app.add_typer(access.app, name="access")
app.add_typer(consent_requests.app, name="consent")
app.add_typer(cases.app, name="cases")
app.add_typer(db.app, name="db")
app.add_typer(manifest.app, name="manifest")
