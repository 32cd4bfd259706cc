"""The Teams app package: valid for Microsoft, in both languages, and every suggested command understood."""

from __future__ import annotations

import json
import re
import struct
import subprocess
import zipfile
import zlib
from pathlib import Path
from typing import Any

import pytest

from bot.cli.manifest import build_manifest
from bot.settings import InvalidSettings, Settings
from bot.words import Typed, understand
from contract.people import Language
from demo.node import find_node
from tests.receipt_keys import TEST_KEY

APP_ID = "6f9619ff-8b86-d011-b42d-00c04fc964ff"
VALIDATOR = Path(__file__).with_name("validate_manifest.js")


def settings(**changed: Any) -> Settings:
    """The settings of an installation that can build a package."""
    given: dict[str, Any] = {
        "app_id": APP_ID,
        "app_tenant_id": "9b1e0d4c-53a7-4d2b-8c11-0d7a52a5f0aa",
        "app_secret": "s3cret",
        "public_url": "https://support.example.com",
        "link_signing_key": "k" * 32,
        "receipt_key": TEST_KEY,
        "provider_website": "https://www.example.com",
        "privacy_url": "https://www.example.com/privacy",
        "terms_url": "https://www.example.com/terms",
    }
    return Settings(**(given | changed))


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """A folder with what an administrator uploads."""
    with zipfile.ZipFile(build_manifest(settings(), tmp_path / "out" / "app.zip")) as archive:
        archive.extractall(tmp_path / "package")
    return tmp_path / "package"


def read(package: Path, name: str) -> Any:
    """One of the package's JSON files."""
    return json.loads((package / name).read_text(encoding="utf-8"))


def complaints(package: Path) -> list[str]:
    """What Microsoft's checker has against the package."""
    done = subprocess.run([find_node(), VALIDATOR, package], capture_output=True, text=True, timeout=60, check=True)
    found: list[str] = json.loads(done.stdout)
    return found


def png_header(content: bytes) -> tuple[int, int, int]:
    """Width, height and colour type (2 is RGB, 6 is RGB with transparency) of a PNG."""
    assert content.startswith(b"\x89PNG\r\n\x1a\n")
    width, height, _, colour_type = struct.unpack(">IIBB", content[16:26])
    return width, height, colour_type


def test_microsoft_accepts_it_for_the_newest_schema(package: Path) -> None:
    """The manifest and its localisation are valid for the newest schema that Microsoft's checker has."""
    assert complaints(package) == []


def test_the_checker_finds_faults(package: Path) -> None:
    """The check above can fail: a wrong field, an old schema and a stray localisation key are all found."""
    manifest = read(package, "manifest.json")
    manifest["manifestVersion"] = "1.29"
    manifest["$schema"] = manifest["$schema"].replace("v1.30", "v1.29")
    manifest["bots"][0]["supportsPigeons"] = True
    (package / "manifest.json").write_text(json.dumps(manifest))
    (package / "nl.json").write_text(json.dumps(read(package, "nl.json") | {"bots[0].name": "x"}))
    found = "\n".join(complaints(package))
    assert "supportsPigeons" in found
    assert "newer than 1.29" in found
    assert "nl.json" in found


def test_it_is_about_this_bot(package: Path) -> None:
    """Ids and host come from the settings; no placeholder is left in any language."""
    manifest = read(package, "manifest.json")
    assert manifest["id"] == APP_ID
    assert manifest["bots"][0]["botId"] == APP_ID
    assert manifest["bots"][0]["supportsFiles"] is True
    assert manifest["bots"][0]["scopes"] == ["personal"]
    assert manifest["validDomains"] == ["support.example.com"]
    assert manifest["webApplicationInfo"] == {"id": APP_ID, "resource": f"api://botid-{APP_ID}"}
    for name in ("manifest.json", "nl.json"):
        assert "${" not in (package / name).read_text(encoding="utf-8")


def test_every_translated_key_exists_and_every_text_is_translated(package: Path) -> None:
    """The Dutch file names exactly the texts that the manifest has."""
    manifest, dutch = read(package, "manifest.json"), read(package, "nl.json")
    texts = {f"{group}.{size}" for group in ("name", "description") for size in manifest[group]}
    for index, command in enumerate(manifest["bots"][0]["commandLists"][0]["commands"]):
        texts |= {f"bots[0].commandLists[0].commands[{index}].{key}" for key in command}
    assert set(dutch) - {"$schema"} == texts
    assert all(dutch[key].strip() for key in texts)


def test_every_suggested_command_is_understood(package: Path) -> None:
    """Teams sends the localised title of a command: each is understood in either language, and none stands twice."""
    english = [command["title"] for command in read(package, "manifest.json")["bots"][0]["commandLists"][0]["commands"]]
    dutch = [text for key, text in read(package, "nl.json").items() if re.search(r"\.title$", key)]
    for titles in (english, dutch):
        assert len({title.casefold() for title in titles}) == len(titles)
        assert not [title for title in titles if title.startswith("/")]
        for title in titles:
            for language in Language:
                assert not isinstance(understand(title, language), Typed), title


@pytest.mark.parametrize("name,size,colour_type", [("color.png", 192, 2), ("outline.png", 32, 6)])
def test_icons_have_the_sizes_teams_wants(name: str, size: int, colour_type: int, package: Path) -> None:
    """The colour icon is 192 x 192, the outline 32 x 32 with transparency."""
    assert png_header((package / name).read_bytes()) == (size, size, colour_type)


def test_the_outline_is_transparent_at_its_edge(package: Path) -> None:
    """The outline icon is no white square: its first pixel is transparent."""
    content = (package / "outline.png").read_bytes()
    data, at = b"", 8
    while at < len(content):
        length, kind = struct.unpack(">I4s", content[at : at + 8])
        data += content[at + 8 : at + 8 + length] if kind == b"IDAT" else b""
        at += length + 12
    # After the filter byte come red, green, blue and alpha; no filter changes the first pixel.
    assert zlib.decompress(data)[4] == 0


def test_the_same_settings_give_the_same_bytes(tmp_path: Path) -> None:
    """A package can be compared with the one that was uploaded."""
    first = build_manifest(settings(), tmp_path / "a.zip").read_bytes()
    assert build_manifest(settings(), tmp_path / "b.zip").read_bytes() == first


def test_what_only_the_manifest_needs_is_asked_for_by_name(tmp_path: Path) -> None:
    """Without the addresses Teams demands, or with a name too long for it, no package is built."""
    with pytest.raises(InvalidSettings) as caught:
        build_manifest(settings(provider_website=None, terms_url=None, provider_name="x" * 33), tmp_path / "a.zip")
    assert {problem.variable for problem in caught.value.problems} == {
        "FOURSTAR_PROVIDER_WEBSITE",
        "FOURSTAR_TERMS_URL",
        "FOURSTAR_PROVIDER_NAME",
    }
    assert not (tmp_path / "a.zip").exists()


def test_a_bot_that_is_a_managed_identity_signs_nobody_in(tmp_path: Path) -> None:
    """Such a bot has no app registration, so the manifest does not point to one."""
    path = build_manifest(settings(app_secret=None, managed_identity=True), tmp_path / "a.zip")
    with zipfile.ZipFile(path) as archive:
        assert "webApplicationInfo" not in json.loads(archive.read("manifest.json"))
