"""What README tells people to type works, in the order in which it stands there."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.cli import app
from bot.settings import variables
from tests.receipt_keys import TEST_KEY

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
PAGES = ["README.md", "CHANGELOG.md", *(f"docs/{path.name}" for path in sorted((ROOT / "docs").glob("*.md")))]
ENVIRONMENT = {
    "FOURSTAR_APP_ID": "6f9619ff-8b86-d011-b42d-00c04fc964ff",
    "FOURSTAR_APP_TENANT_ID": "9b1e0d4c-53a7-4d2b-8c11-0d7a52a5f0aa",
    "FOURSTAR_APP_SECRET": "s3cret",
    "FOURSTAR_PUBLIC_URL": "https://support.example.com",
    "FOURSTAR_LINK_SIGNING_KEY": "k" * 32,
    "FOURSTAR_RECEIPT_KEY": TEST_KEY,
    "FOURSTAR_PROVIDER_WEBSITE": "https://www.example.com",
    "FOURSTAR_PRIVACY_URL": "https://www.example.com/privacy",
    "FOURSTAR_TERMS_URL": "https://www.example.com/terms",
}


def commands() -> list[list[str]]:
    """The `fourstar` commands of README's code blocks, with the shortened ids made whole."""
    blocks = re.findall(r"^```sh\n(.*?)^```", README, re.MULTILINE | re.DOTALL)
    lines = [line for block in blocks for line in block.splitlines() if line.startswith("fourstar ")]
    return [
        shlex.split(re.sub(r"\b(\d)\1{7}-…", r"\1\1\1\1\1\1\1\1-0000-0000-0000-000000000000", line), comments=True)[1:]
        for line in lines
    ]


def test_every_command_of_readme_works(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An operator who types the commands of *Deploying* one after the other gets to the end without an error."""
    for variable in variables():
        monkeypatch.delenv(variable, raising=False)
    for variable, value in ENVIRONMENT.items():
        monkeypatch.setenv(variable, value)
    monkeypatch.setenv("FOURSTAR_DATABASE_URL", f"sqlite:///{tmp_path / 'fourstar.sqlite'}")
    monkeypatch.chdir(tmp_path)
    typed = commands()
    assert [" ".join(words[:2]) for words in typed][-6:] == [
        "customer add",
        "contract sign",
        "customer consent",
        "customer administrator",
        "contact add",
        "customer show",
    ]
    # The bot was started before, and made its tables.
    for words in [["db", "upgrade"], *typed]:
        done = CliRunner().invoke(app, words)
        assert done.exit_code == 0, (words, done.output)


def test_every_target_of_make_that_readme_names_exists() -> None:
    """`make demo` and the others are in the Makefile."""
    named = set(re.findall(r"^make ([a-z]+)|`make ([a-z]+)", README, re.MULTILINE))
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert {"demo", "test"} <= {one or other for one, other in named} <= targets


@pytest.mark.parametrize("name", PAGES)
def test_links_lead_somewhere(name: str) -> None:
    """Every link to a file of the repository leads to one that is there."""
    path = ROOT / name
    links = re.findall(r"\]\((?!https?://|#)([^)#]+)[^)]*\)", path.read_text(encoding="utf-8"))
    assert [link for link in links if not (path.parent / link).exists()] == []


def test_readme_leads_to_every_page() -> None:
    """Whoever reads README finds each page of docs/ from there."""
    pages = {f"docs/{path.name}" for path in (ROOT / "docs").glob("*.md")}
    assert pages - set(re.findall(r"\]\((docs/[a-z-]+\.md)", README)) == set()


def test_readme_names_every_folder() -> None:
    """*Finding your way* has a line for every folder with code."""
    folders = {path.parent.name for path in ROOT.glob("*/*.py") if not path.parent.name.startswith(".")}
    assert {name for name in folders if f"`{name}/`" not in README} == set()


TYPED = re.compile(r"`fourstar ([^`]+)`|^(?:\$ )?fourstar (.+)$", re.MULTILINE)
STAND_INS = {"CUSTOMER": "Korenbloem", "MONTH": "2026-11", "YEAR": "2026", "ID": "1", "FILE": "file.json"}


def named(page: str) -> list[list[str]]:
    """The commands that a page tells people to type, without dots and brackets and what is made of their output."""
    found = [one or other for one, other in TYPED.findall((ROOT / page).read_text(encoding="utf-8"))]
    lines = [re.sub(r"[…\[\]]| > .*", "", command) for command in found]
    return [[STAND_INS.get(word, word) for word in shlex.split(line, comments=True)] for line in lines]


@pytest.mark.parametrize("page", [page for page in PAGES if page != "CHANGELOG.md"])  # it names what was removed
def test_every_command_that_is_named_exists(page: str) -> None:
    """A command or option that was renamed is renamed on every page; `--help` at its end reads it without doing it."""
    for words in named(page):
        done = CliRunner().invoke(app, [*words, "--help"])
        assert done.exit_code == 0, (page, words, done.output)


def test_the_check_of_commands_can_fail() -> None:
    """It sees commands in blocks and in sentences, and a wrong option or command is an error."""
    assert ["invoice", "run", "2026-11", "--dry-run"] in named("README.md")
    assert ["addendum", "add", "--help"] in named("README.md")
    assert ["hours", "import", "hours.csv", "--apply"] in named("docs/hours-import.md")
    for words in (["invoice", "run", "2026-11", "--dry", "--help"], ["customer", "contract", "--help"]):
        assert CliRunner().invoke(app, words).exit_code == 2
