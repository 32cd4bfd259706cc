"""The house rules, each with its reason. What keeps a newcomer's first guess right is checked here, not remembered.

Rules that are checked elsewhere: both languages complete (tests/cards/test_language.py), every field of a card belongs
to the payload its button sends (tests/cards/test_matrix.py), formatting, lint and types (Makefile).
"""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PRODUCT = ("bot", "cards", "contract", "documents", "graph", "storage")
CODE = (*PRODUCT, "bench", "demo", "manifest", "tests")
LONGEST_FILE = 300
VAGUE = frozenset({"utils", "helpers", "common", "misc", "core", "service", "processor", "data", "info"})
FORGETFUL = (
    "os",
    "io",
    "pathlib",
    "random",
    "secrets",
    "socket",
    "sqlite3",
    "subprocess",
    "threading",
    "asyncio",
    "time",
    "logging",
)
INSTALLED = {".venv", "node_modules", "__pycache__", "build", "dist"}


@cache
def sources(*folders: str) -> tuple[Path, ...]:
    """The Python files of folders."""
    return tuple(
        sorted(path for folder in folders for path in (ROOT / folder).rglob("*.py") if not INSTALLED & set(path.parts))
    )


@cache
def tree(path: Path) -> ast.Module:
    """A file as Python reads it."""
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


def named(path: Path) -> str:
    """A file as people call it."""
    return path.relative_to(ROOT).as_posix()


def places(*folders: str, find: type[ast.AST], where: object) -> Iterator[str]:
    """Files and lines with a node for which `where` holds."""
    assert callable(where)
    for path in sources(*folders):
        for node in ast.walk(tree(path)):
            if isinstance(node, find) and where(node):
                yield f"{named(path)}:{getattr(node, 'lineno', 0)}"


def outside(found: Iterator[str], *allowed: str) -> list[str]:
    """What was found in any other file or folder than the allowed ones."""
    return [place for place in found if not place.startswith(allowed)]


def attribute(node: ast.AST) -> str:
    """`datetime.now` for that expression, `.commit` where the left side is no plain name."""
    assert isinstance(node, ast.Attribute)
    left = node.value.attr if isinstance(node.value, ast.Attribute) else getattr(node.value, "id", "")
    return f"{left}.{node.attr}"


def imported(path: Path) -> Iterator[str]:
    """The modules a file imports, also inside functions."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""


def test_imports_go_one_way() -> None:
    """Folders stand on each other in one order, and each library is used in one folder, so that each can be replaced.

    The Bot Framework SDK is retired, the database may change, cards are drawn by a young library: none of them may
    seep through the house. The contracts are in pyproject.toml.
    """
    done = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_contract_needs_nothing_but_python() -> None:
    """A rule of the contract is a calculation: no library, no files, no network, no chance, no clock."""
    allowed = sys.stdlib_module_names - set(FORGETFUL) | {"contract"}
    found = [
        f"{named(path)}: {name}"
        for path in sources("contract")
        for name in imported(path)
        if name.split(".")[0] not in allowed
    ]
    assert found == []


def test_of_the_database_the_bot_sees_a_session() -> None:
    """Outside storage/ the transaction is a value that is handed on: nobody writes SQL there."""
    found = []
    for path in sources("bot"):
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.Import) and any(name.name.startswith("sqlalchemy") for name in node.names):
                found.append(named(path))
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("sqlalchemy"):
                found += [f"{named(path)}: {name.name}" for name in node.names if name.name != "Session"]
    assert found == []


def test_no_file_is_long() -> None:
    """A file over 300 lines has two subjects; the second one cannot be found by its name."""
    lengths = {named(path): len(path.read_text(encoding="utf-8").splitlines()) for path in sources(*CODE)}
    assert {
        name: length
        for name, length in lengths.items()
        if length > LONGEST_FILE and "/migrations/versions/" not in name
    } == {}


def test_names_say_something() -> None:
    """A name such as `utils` or `data` fits everything, so nothing is ever looked for there."""
    files = {named(path): re.split(r"[_/.]", named(path).removesuffix(".py")) for path in sources(*CODE)}
    classes = {
        f"{named(path)}: {node.name}": re.findall(r"[A-Z]+[a-z0-9]*|[a-z0-9]+", node.name)
        for path in sources(*CODE)
        for node in ast.walk(tree(path))
        if isinstance(node, ast.ClassDef)
    }
    found = [name for name, words in (files | classes).items() if VAGUE & {word.lower() for word in words}]
    assert found == []


def test_every_payload_is_routed_once() -> None:
    """A button without its line in bot/routes.py does nothing when clicked; a line without a button is dead.

    ROUTES is a mapping, where a second line for the same class would silently win: so its lines are counted too.
    """
    from bot.routes import ROUTES
    from cards.clicks.base import payload_classes

    classes = set(payload_classes().values())
    routed = {payload for payload in ROUTES if payload.__module__.startswith("cards.clicks.")}
    assert classes - routed == set(), "payload classes without their line in bot/routes.py"
    assert routed - classes == set()
    (table,) = [
        node.value
        for node in ast.walk(tree(ROOT / "bot" / "routes.py"))
        if isinstance(node, ast.AnnAssign) and getattr(node.target, "id", "") == "ROUTES"
    ]
    assert isinstance(table, ast.Dict)
    assert len(table.keys) == len(ROUTES), "a class stands twice in bot/routes.py, or the table is not on one screen"


def test_every_payload_is_on_a_card() -> None:
    """Every payload is on a button of a sample card, so that the checks of all cards see every form and button."""
    from cards.clicks.base import payload_classes
    from contract.people import Language
    from tests.cards.samples import samples
    from tests.cards.walk import buttons, read

    shown = {button.action["verb"] for make in samples().values() for button in buttons(read(make(Language.EN)))}
    assert set(payload_classes()) - shown == set()


def test_the_clock_is_read_in_one_place() -> None:
    """One turn has one `now`: a deadline is not missed between two lines, and a test needs no frozen time."""
    readings = {
        "datetime.now",
        "datetime.utcnow",
        "datetime.today",
        "date.today",
        "time.time",
        "time.time_ns",
        "time.localtime",
        "time.gmtime",
    }
    clock = places(*PRODUCT, find=ast.Attribute, where=lambda node: attribute(node) in readings)
    assert outside(clock, "bot/clock.py") == []
    sql = places(
        "storage", find=ast.Attribute, where=lambda node: attribute(node) in {"func.now", "func.current_timestamp"}
    )
    assert list(sql) == []


def test_transactions_end_in_one_place() -> None:
    """A commit in the middle of a turn would keep half of it, and announce what is then rolled back."""
    endings = places(
        *PRODUCT, find=ast.Attribute, where=lambda node: attribute(node).split(".")[1] in {"commit", "rollback"}
    )
    assert (
        outside(endings, "storage/database.py", "storage/engines.py", "storage/sessions.py", "storage/migrations/")
        == []
    )


def test_the_outbox_is_written_in_one_place() -> None:
    """Who is told what is decided in bot/announcements.py, what Graph is asked in bot/errands.py, and nowhere else."""
    calls = places(*PRODUCT, find=ast.Attribute, where=lambda node: node.attr == "enqueue")
    names = places(*PRODUCT, find=ast.ImportFrom, where=lambda node: any(name.name == "enqueue" for name in node.names))
    assert outside(calls, "bot/announcements.py", "bot/errands.py", "storage/outbox.py") == []
    assert outside(names, "bot/announcements.py", "bot/errands.py", "storage/outbox.py") == []


def test_money_and_time_are_whole() -> None:
    """Cents and minutes are integers in contract/: a float, true division or total_seconds() rounds somewhere (D6)."""
    floats = places("contract", find=ast.Constant, where=lambda node: isinstance(node.value, float))
    words = places("contract", find=ast.Name, where=lambda node: node.id in {"float", "round"})
    division = places("contract", find=ast.Div, where=lambda _: True)
    seconds = places("contract", find=ast.Attribute, where=lambda node: node.attr in {"total_seconds", "timestamp"})
    assert [*floats, *words, *division, *seconds] == []


def test_every_rule_has_its_tests() -> None:
    """The tests of contract/x.py are in tests/contract/test_x.py, where everybody looks first."""
    rules = [path.name for path in sources("contract") if path.name != "__init__.py"]
    assert [name for name in rules if not (ROOT / "tests" / "contract" / f"test_{name}").is_file()] == []


def test_every_rule_cites_its_source() -> None:
    """A rule names the sentence (R) or the decision (D) it comes from, so that nobody changes it by taste."""
    cited = re.compile(r"\b[RD][1-9]\d?\b")
    missing = [
        named(path)
        for path in sources("contract")
        if path.name not in ("__init__.py", "errors.py") and not cited.search(ast.get_docstring(tree(path)) or "")
    ]
    assert missing == []


def test_readme_names_every_setting() -> None:
    """An operator finds every setting in README, and nothing there that does not exist."""
    from bot.settings import variables

    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    rows = set(re.findall(r"^\| `(FOURSTAR_[A-Z_]+)`", readme, re.MULTILINE))
    assert rows == set(variables())


def test_one_time_zone_in_two_places() -> None:
    """Local time is a matter of the contract's rules and of what people read; everything between is UTC (D1)."""
    zone = "Europe/" + "Amsterdam"
    found = [named(path) for path in sources(*PRODUCT) if any(zone in text for text in strings(path))]
    assert outside(iter(found), "contract/", "cards/formats.py") == []


def strings(path: Path) -> Iterator[str]:
    """The string literals of a file that are no docstrings."""
    prose = {id(node.value) for node in ast.walk(tree(path)) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in prose:
            yield node.value


def committed() -> list[Path]:
    """The text files of the repository."""
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split(
        "\n"
    )
    return [
        ROOT / name
        for name in listed
        if name and (ROOT / name).is_file() and not name.endswith((".pdf", ".png", ".ttf", ".zip"))
    ]


@pytest.mark.parametrize(
    "what,pattern",
    [
        ("a path of one machine", r"(?<![\w.}])/(work|root|home/\w+|tmp/(bash|plan|lab)\w*|Users/\w+)/"),
        ("the host of a package registry", r"pypi\.|pythonhosted\.|registry\.npm|npmjs\.(com|org)"),
    ],
)
def test_the_repository_works_anywhere(what: str, pattern: str) -> None:
    """Neither paths of one machine nor addresses of one registry are in the repository: it is cloned elsewhere."""
    found = [
        f"{named(path)}: {what}: {hit[0]}"
        for path in committed()
        if path != Path(__file__).resolve() and (hit := re.search(pattern, path.read_text(encoding="utf-8")))
    ]
    assert found == []
