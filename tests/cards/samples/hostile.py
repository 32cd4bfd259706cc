"""Text that tries to be more than text: what people may write, and what must come out as written."""

from __future__ import annotations

from cards.clicks.base import Form
from cards.clicks.people import ShowHelp
from cards.components import (
    Card,
    action_row,
    badge,
    card,
    choice_input,
    columns,
    execute,
    facts,
    heading,
    panel,
    section,
    show_card,
    text,
    text_input,
    toggle_input,
    wrote,
)
from contract.people import Language
from tests.cards.samples import sample

HOSTILE = {
    "markdown": "**bold** _italic_ [click me](https://evil.example) `code` ~~gone~~\n# header\n- list\n1. one\n> quote",
    "link": "[Approve € 1.00](https://evil.example/approve)",
    "template": "{{DATE(2026-11-23T10:00:00Z,LONG)}} {{TIME(2026-11-23T10:00:00Z)}} ${user.name} ${{x}} {{{x}}}",
    "html": "<b>bold</b><img src=x onerror=alert(1)><script>alert(1)</script> &amp; &lt;at&gt; <at>All</at>",
    "right to left": "\u202egnp.exe\u202c مرحبا بالعالم שלום \u2067abc\u2069",
    "emoji": "👩‍👩‍👧‍👦 🇳🇱 ✅ 👍🏽 🫠",
    "zero width": "a\u200bb\u200cc\u200dd\ufeffe\u00adf",
    "control": "nul \x00 bell \x07 escape \x1b[31m delete \x7f tab \t end",
    "long word": "x" * 400,
    "long": ("Outlook start niet meer. " * 160)[:4000],
    "quotes": "\"double\" 'single' \\backslash\\ \u2028 line separator",
    "blank": "  \n ",
}


class SendEverything(Form):
    """The payload of the form below; its module keeps it out of the product's own."""

    written: str = ""
    chosen: str = ""
    ticked: bool = False


def hostile_card(value: str, language: Language) -> Card:
    """A card with `value` in every place that shows what somebody wrote."""
    return card(
        heading(value[:60]),
        badge(value[:20]),
        wrote(value),
        text(value[:200]),
        facts((value[:40], value[:200]), ("Plain", "plain")),
        panel(columns([text("9:05")], [wrote(value[:24], bold=True)], widths=("auto",))),
        section(
            text_input("written", f"Written {value[:20]}", value=value, placeholder="…"),
            choice_input("chosen", "Chosen", {"a": f"A {value[:80]}", "b": "B"}, expanded=True),
            toggle_input("ticked", "Ticked", f"Tick {value[:80]}"),
            action_row(execute("Send", SendEverything(form_id="hostile-1"), tooltip=value[:30])),
        ),
        action_row(
            execute(value[:30].strip() or "…", ShowHelp()),
            show_card("More", text(value[:100])),
        ),
        fallback_text=f"Ticket 1001: {value}",
        language=language,
    )


def _register(name: str, value: str) -> None:
    sample(f"hostile: {name}")(lambda language: hostile_card(value, language))


for _name, _value in HOSTILE.items():
    _register(_name, _value)
