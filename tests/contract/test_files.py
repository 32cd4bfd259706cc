"""Which files are taken, and under which name."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from contract.files import (
    LONGEST_NAME,
    FileFailure,
    FileState,
    TicketFile,
    clean_name,
    content_type_of,
    is_program,
    is_program_name,
    named_as,
)

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 8


def test_the_worked_example() -> None:
    """An invoice is taken, a program that calls itself one is not, and folders are no part of a name."""
    assert not is_program_name("factuur.pdf")
    assert is_program_name("factuur.pdf.exe")
    assert is_program_name("macro.VBS ")
    assert is_program(b"MZ\x90\x00 and so on")
    assert clean_name("C:\\temp\\log.txt") == "log.txt"


@pytest.mark.parametrize("ending", ["exe", "js", "bat", "cmd", "ps1", "scr", "msi", "vbs", "hta", "lnk", "jar"])
def test_programs_are_not_taken(ending: str) -> None:
    """Whatever a computer would run is refused by its name, in any case and with dots and blanks behind it."""
    assert is_program_name(f"nota.{ending}")
    assert is_program_name(f"NOTA.{ending.upper()}. . ")


@pytest.mark.parametrize("name", ["rapport.docx", "exe", "scherm.png", "logboek", "archief.zip", "a.exe.txt"])
def test_documents_are_taken(name: str) -> None:
    """Only the last ending counts; "exe" without a dot is a program's name too and is refused."""
    assert is_program_name(name) is (name == "exe")


@pytest.mark.parametrize(
    "sent,kept",
    [
        ("../../etc/passwd", "passwd"),
        ("foto\u202egpj.exe", "fotogpj.exe"),
        (" a\x00b\n c.txt ", "ab c.txt"),
        ('x<">|?*:.png', "x.png"),
        ("...", "file"),
        ("", "file"),
        ("map/", "file"),
        ("é–日本.pdf", "é–日本.pdf"),
    ],
)
def test_names_are_cleaned(sent: str, kept: str) -> None:
    """A name keeps its letters, and loses folders and characters that deceive or that no file system takes."""
    assert clean_name(sent) == kept


@pytest.mark.parametrize(
    "sent,tail", [("a" * 300 + ".pdf", ".pdf"), ("a" * 300, "a"), ("a." + "b" * 300, "b"), ("." + "c" * 200, "c")]
)
def test_long_names_keep_their_ending(sent: str, tail: str) -> None:
    """A name is cut to 120 characters before its ending."""
    assert len(clean_name(sent)) == LONGEST_NAME
    assert clean_name(sent).endswith(tail)


@pytest.mark.parametrize(
    "content,kind",
    [
        (PNG, "image/png"),
        (b"\xff\xd8\xff\xe0 jpeg", "image/jpeg"),
        (b"GIF87a...", "image/gif"),
        (b"GIF89a...", "image/gif"),
        (b"RIFF\0\0\0\0WEBPVP8 ", "image/webp"),
        (b"RIFF\0\0\0\0WAVE", "application/octet-stream"),
        (b"%PDF-1.7", "application/pdf"),
        (b"<html><script>", "application/octet-stream"),
        (b"<svg onload=''>", "application/octet-stream"),
        (b"", "application/octet-stream"),
    ],
)
def test_the_type_is_read_from_the_bytes(content: bytes, kind: str) -> None:
    """What a browser could be made to run is never called by its name."""
    assert content_type_of(content) == kind
    assert not is_program(content)


def test_programs_are_known_by_their_bytes() -> None:
    """A program for Windows or Linux stays one under any name."""
    assert is_program(b"\x7fELF\x02")
    assert content_type_of(b"MZ") == "application/octet-stream"


@pytest.mark.parametrize(
    "name,kind,kept",
    [
        ("image-1", "image/png", "image-1.png"),
        ("image-1.jpeg", "image/png", "image-1.jpeg"),
        ("logboek", "application/octet-stream", "logboek"),
    ],
)
def test_pasted_pictures_get_an_ending(name: str, kind: str, kept: str) -> None:
    """A picture without an ending would not open on an engineer's computer."""
    assert named_as(name, kind) == kept


@pytest.mark.parametrize("failure", FileFailure)
def test_what_may_pass_can_be_retried(failure: FileFailure) -> None:
    """A file that is too large or not allowed stays so; one that did not come may come."""
    failed = TicketFile(
        id=1,
        ticket_number=1001,
        person_id=1,
        name="a.pdf",
        content_type="application/pdf",
        state=FileState.FAILED,
        failure=failure,
        created_at=datetime(2026, 11, 23, 9, 0, tzinfo=UTC),
    )
    assert failed.can_be_retried is (failure in (FileFailure.REFUSED, FileFailure.NO_ANSWER))


def test_a_file_that_is_here_is_not_retried() -> None:
    """Only what failed can be tried again."""
    for state, failure in ((FileState.STORED, None), (FileState.FETCHING, None), (FileState.FAILED, None)):
        file = TicketFile(
            id=1,
            ticket_number=None,
            person_id=1,
            name="a.pdf",
            content_type="application/pdf",
            state=state,
            failure=failure,
            created_at=datetime(2026, 11, 23, 9, 0, tzinfo=UTC),
        )
        assert not file.can_be_retried
