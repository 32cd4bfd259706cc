"""What a link opens, by its purpose: one function for each, on one screen.

A function gets the person for whom the link was made, with what that person is *now*, and answers with the bytes to be
saved. It raises NotFound where that person may not have them, so that a link ends with the right to see.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from sqlalchemy.orm import Session

from bot.access_cards import sessions_csv, sessions_json
from bot.invoice_documents import pdf_download, ubl_download
from bot.links import Download, Link, Purpose
from bot.receipts import receipt_download
from bot.tickets import check_visible
from contract.files import FileState
from storage.errors import NotFound
from storage.files import load_content, load_file
from storage.people import Standing, load_standings
from storage.tickets import load_ticket


def load_download(session: Session, link: Link) -> Download:
    """The bytes behind a link, if the person it was made for may have them now. Raises NotFound."""
    reader = load_standings(session, [link.person_id]).get(link.person_id)
    load = DOWNLOADS.get(link.purpose)
    if reader is None or load is None:
        raise NotFound(link.purpose.value, link.thing_id)
    return load(session, reader, link.thing_id)


def _file(session: Session, reader: Standing, file_id: int) -> Download:
    file = load_file(session, file_id)
    if file.ticket_number is None or file.state is not FileState.STORED or file.sha256 is None:
        raise NotFound("file", file_id)
    check_visible(load_ticket(session, file.ticket_number), reader)
    if file.is_internal and not reader.role.is_staff:
        raise NotFound("file", file_id)
    return Download(file.name, file.content_type, load_content(session, file.sha256))


DOWNLOADS: Mapping[Purpose, Callable[[Session, Standing, int], Download]] = {
    Purpose.FILE: _file,
    Purpose.RECEIPT: receipt_download,
    Purpose.INVOICE_PDF: pdf_download,
    Purpose.INVOICE_UBL: ubl_download,
    Purpose.SESSIONS_CSV: sessions_csv,
    Purpose.SESSIONS_JSON: sessions_json,
}
"""Purpose → function(session, reader, id of the thing). Raises NotFound where the reader may not have it."""
