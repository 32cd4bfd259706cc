"""What operators deploy with, linted and checked against its schema: there is no container engine here to try it."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from fnmatch import fnmatch
from pathlib import Path

import pytest
from pydantic import SecretStr

from bot.app import create_app
from bot.settings import Settings, variables
from demo.node import find_module, find_node
from tests.receipt_keys import TEST_KEY

ROOT = Path(__file__).resolve().parent.parent
COMPOSE = ROOT / "compose.yaml"
DOCKERFILE = ROOT / "Dockerfile"


def lint_dockerfile(path: Path) -> subprocess.CompletedProcess[str]:
    """What hadolint says."""
    hadolint = Path(sys.executable).with_name("hadolint")
    return subprocess.run([hadolint, "--no-color", path], capture_output=True, text=True, check=False, timeout=60)


def lint_compose(path: Path) -> subprocess.CompletedProcess[str]:
    """What dclint says; it checks against the schema of the Compose specification. Matters of style are left out."""
    program = find_module("dclint") / "bin" / "dclint.cjs"
    command = [find_node(), str(program), "--quiet", str(path)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=60)


def test_the_dockerfile_passes_its_linter() -> None:
    """Hadolint finds nothing in the Dockerfile."""
    done = lint_dockerfile(DOCKERFILE)
    assert (done.returncode, done.stdout) == (0, "")


def test_the_compose_file_follows_the_specification() -> None:
    """compose.yaml is valid against the schema of the Compose specification."""
    done = lint_compose(COMPOSE)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_linters_find_faults(tmp_path: Path) -> None:
    """The two checks above can fail."""
    dockerfile = tmp_path / "Dockerfile"
    dockerfile.write_text("FROM python\nRUN cd /x && pip install flask\n")
    assert lint_dockerfile(dockerfile).returncode == 1
    compose = tmp_path / "compose.yaml"
    compose.write_text(COMPOSE.read_text().replace("env_file:", "env_files:"))
    assert lint_compose(compose).returncode == 1


def test_everything_in_the_image_is_from_the_lock() -> None:
    """Every installation in the image demands hashes, or looks nowhere but at the wheel just built."""
    installs = re.findall(r"pip (?:install|wheel) [^&\n]*", DOCKERFILE.read_text().replace("\\\n", ""))
    assert len(installs) == 4
    assert [one for one in installs if "--require-hashes" not in one and "--no-deps" not in one] == []


def test_the_image_does_not_run_as_root() -> None:
    """The last user in the Dockerfile is a number other than 0, so that a cluster can see that it is not root."""
    users = re.findall(r"^USER (\d+)", DOCKERFILE.read_text(), re.MULTILINE)
    assert users
    assert users[-1] != "0"


def test_every_folder_of_the_package_is_in_the_image() -> None:
    """A new top-level folder has to be copied, and let through .dockerignore."""
    packages = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]["packages"]
    folders = {package.split(".")[0] for package in packages}
    copied = set(re.findall(r"^COPY (\w+) \1$", DOCKERFILE.read_text(), re.MULTILINE))
    let_through = set(re.findall(r"^!(\w+)$", (ROOT / ".dockerignore").read_text(), re.MULTILINE))
    assert copied == folders
    assert folders <= let_through


def test_every_package_is_listed() -> None:
    """A folder with Python files that pyproject.toml does not list would be missing from the installed bot."""
    packages = set(tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]["packages"])
    shipped = {package.split(".")[0] for package in packages}
    there = {
        path.parent.relative_to(ROOT).as_posix().replace("/", ".")
        for top in shipped
        for path in (ROOT / top).rglob("*.py")
    }
    assert there == packages


def test_every_file_is_in_the_wheel() -> None:
    """What is not Python goes along only where package-data names it: texts, typefaces, pictures, templates."""
    tools = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]
    patterns = [f"{package}/{one}" for package, found in tools["package-data"].items() for one in found]
    there = {
        path.relative_to(ROOT)
        for top in {package.split(".")[0] for package in tools["packages"]}
        for path in (ROOT / top).rglob("*")
        if path.is_file() and path.suffix != ".py" and path.parent.name != "__pycache__"
    }
    assert {path.as_posix() for path in there if not any(path.match(pattern) for pattern in patterns)} == set()
    assert [pattern for pattern in patterns if not any(path.match(pattern) for path in there)] == []


def test_the_proxy_lets_every_address_through_that_is_for_others() -> None:
    """What Teams, Graph, people and administrators open reaches the bot; readiness and metrics stay inside."""
    app = create_app(
        Settings(
            app_id="6f9619ff-8b86-d011-b42d-00c04fc964ff",
            app_tenant_id="9b1e0d4c-53a7-4d2b-8c11-0d7a52a5f0aa",
            app_secret=SecretStr("s3cret"),
            public_url="https://support.example.com",
            link_signing_key=SecretStr("k" * 32),
            receipt_key=SecretStr(TEST_KEY),
        )
    )
    lets_through = re.search(r"@public path (.+)", COMPOSE.read_text())
    assert lets_through
    addresses = {one.canonical for one in app.router.resources()}
    inside = {one for one in addresses if not any(fnmatch(one, pattern) for pattern in lets_through[1].split())}
    assert inside == {"/readyz", "/metrics"}


@pytest.mark.parametrize("name", ["compose.yaml", "fourstar.env.example", "Dockerfile", "docs/operations.md"])
def test_only_settings_that_exist_are_named(name: str) -> None:
    """A setting that was renamed is renamed for operators too."""
    known = set(variables()) | {variable + "_FILE" for variable in variables()}
    assert set(re.findall(r"\bFOURSTAR_[A-Z_]+\b", (ROOT / name).read_text())) <= known


@pytest.mark.parametrize("path", sorted((ROOT / "requirements").glob("*.txt")), ids=lambda path: path.name)
def test_locks_have_hashes_and_no_addresses(path: Path) -> None:
    """A lock serves everywhere: every package has hashes, and no line names a registry, a folder or an option."""
    text = path.read_text()
    assert "://" not in text
    assert not re.search(r"^-", text, re.MULTILINE)
    for package in re.findall(r"^\S+==.*(?:\n    .*)*", text, re.MULTILINE):
        assert "--hash=sha256:" in package, package.split("==")[0]


def test_the_npm_lock_has_hashes_and_no_addresses() -> None:
    """The same for what the demo and the tests take from npm."""
    text = (ROOT / "package-lock.json").read_text()
    assert '"resolved"' not in text
    assert text.count('"integrity"') == text.count('\n    "node_modules/')
