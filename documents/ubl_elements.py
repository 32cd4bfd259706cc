"""Elements of a UBL document: in its two namespaces, and never empty."""

from __future__ import annotations

from typing import TypeAlias

from lxml import etree

Element: TypeAlias = etree._Element  # noqa: SLF001 - lxml gives the class no other name

CAC = "urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2"
CBC = "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2"


def group(parent: Element, name: str) -> Element:
    """A new element that holds others."""
    return etree.SubElement(parent, f"{{{CAC}}}{name}")


def put(parent: Element, name: str, text: str, /, **attributes: str) -> None:
    """A new element with text; none for an empty text, which the rules forbid."""
    if text:
        etree.SubElement(parent, f"{{{CBC}}}{name}", attributes).text = text
