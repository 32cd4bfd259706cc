"""`fourstar manifest build`: the zip an administrator uploads to Teams, made from manifest/ and the settings."""

from __future__ import annotations

import json
import zipfile
from importlib import metadata, resources
from pathlib import Path
from string import Template
from typing import Annotated, Any

import typer

from bot.settings import InvalidSettings, Problem, Settings, load_settings

app = typer.Typer(help="The app package for Teams.", no_args_is_help=True)

MANIFEST = "manifest.json"
TEXTS = ("manifest.json", "nl.json")
PICTURES = ("color.png", "outline.png")
LONGEST_DEVELOPER = 32
# A fixed date, so that the same settings give the same bytes. The zip format begins in 1980.
WHEN = (1980, 1, 1, 0, 0, 0)


def build_manifest(settings: Settings, out: Path) -> Path:
    """Write the app package to `out` (a .zip) and return it. Raises `InvalidSettings` for what only a manifest needs.

    The app's id in Teams is the bot's app id, so that an update of the package is an update of the same app.
    """
    values = _values(settings)
    out.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for name in TEXTS:
            content = _filled(json.loads(_source(name)), values)
            if name == MANIFEST and settings.managed_identity:
                # A bot that *is* a managed identity has no app registration that Teams could sign people in with.
                del content["webApplicationInfo"]
            _add(package, name, json.dumps(content, ensure_ascii=False, indent=2).encode())
        for name in PICTURES:
            _add(package, name, _source(name))
    return out


def _values(settings: Settings) -> dict[str, str]:
    """What the template's placeholders stand for."""
    needed = {
        "provider_website": settings.provider_website,
        "privacy_url": settings.privacy_url,
        "terms_url": settings.terms_url,
    }
    problems = [
        Problem(f"FOURSTAR_{name.upper()}", "is missing; Teams wants it in the app package")
        for name, url in needed.items()
        if not url
    ]
    if len(settings.provider_name) > LONGEST_DEVELOPER:
        problems.append(Problem("FOURSTAR_PROVIDER_NAME", f"Teams shows at most {LONGEST_DEVELOPER} characters"))
    if problems:
        raise InvalidSettings(tuple(problems))
    return {
        "version": metadata.version("fourstar"),
        "app_id": settings.app_id,
        "public_host": settings.public_host,
        "provider_name": settings.provider_name,
        "provider_phone": settings.provider_phone,
        "provider_email": settings.provider_email,
        **{name: str(url) for name, url in needed.items()},
    }


def _filled(value: Any, values: dict[str, str]) -> Any:
    """The same JSON with every `${placeholder}` replaced; an unknown one raises KeyError."""
    if isinstance(value, str):
        return Template(value).substitute(values) if "${" in value else value
    if isinstance(value, list):
        return [_filled(item, values) for item in value]
    return {key: _filled(item, values) for key, item in value.items()} if isinstance(value, dict) else value


def _source(name: str) -> bytes:
    return resources.files("manifest").joinpath(name).read_bytes()


def _add(package: zipfile.ZipFile, name: str, content: bytes) -> None:
    entry = zipfile.ZipInfo(name, WHEN)
    entry.compress_type = zipfile.ZIP_DEFLATED
    package.writestr(entry, content)


@app.command("build")
def build(
    out: Annotated[Path, typer.Option(help="Where to write the package.")] = Path("fourstar-teams-app.zip"),
) -> None:
    """Build the app package from the settings; upload it in the Teams admin center."""
    try:
        path = build_manifest(load_settings(), out)
    except InvalidSettings as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(code=2) from None
    typer.echo(str(path))
