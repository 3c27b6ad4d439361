"""Archives: each transcript in one is read as if it lay there by itself, and what cannot be unpacked says why."""

from __future__ import annotations

import gzip
import io
import json
import zipfile
from pathlib import Path

from ingest.events import RawRecord
from ingest.sources.archives import unpacked
from ingest.sources.files import is_whole, pages, read_cursor

TRANSCRIPT = b'[{"type": "message"}]'


def zipped(**files: bytes) -> bytes:
    """A zip archive of files by name."""
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return body.getvalue()


def test_what_is_read_of_a_zip_are_its_transcripts_in_their_order() -> None:
    body = zipped(**{
        "b/second.json": b"2", "a/first.CSV": b"1", "readme.txt": b"", "b/.hidden.json": b"", "__MACOSX/b/second.json": b"",
        "b/": b"",
    })  # fmt: skip

    assert [(found.origin, found.body, found.received_ms) for found in unpacked(RawRecord("all.zip", body, 7))] == [
        ("all.zip › b/second.json", b"2", 7),
        ("all.zip › a/first.CSV", b"1", 7),
    ]


def test_a_packed_file_is_read_as_itself_and_any_other_as_it_is() -> None:
    plain = RawRecord("a.json", TRANSCRIPT)

    assert list(unpacked(RawRecord("a.json", gzip.compress(TRANSCRIPT)))) == [plain]
    assert list(unpacked(plain)) == [plain]


def test_what_cannot_be_unpacked_says_why_and_names_itself() -> None:
    body = zipped(**{"a.json": TRANSCRIPT * 50})
    locked = body.replace(b"PK\x03\x04\x14\x00\x00\x00", b"PK\x03\x04\x14\x00\x01\x00").replace(
        b"PK\x01\x02\x14\x03\x14\x00\x00\x00", b"PK\x01\x02\x14\x03\x14\x00\x01\x00"
    )
    given = {
        "cut off.zip": body[:-30],
        "cut off.json.gz": gzip.compress(TRANSCRIPT * 50)[:-9],
        "locked.zip": locked,
        "book.xlsx": zipped(**{"xl/workbook.xml": b"<workbook/>"}),
        "pictures.zip": zipped(**{"one.png": b""}),
    }

    assert [found.unreadable for name, packed in given.items() for found in unpacked(RawRecord(name, packed))] == [
        "cannot read cut off.zip: the archive is cut off or damaged",
        "cannot read cut off.json.gz: the archive is cut off or damaged",
        "cannot read locked.zip › a.json: it is locked by a password, or packed in an unknown way",
        "cannot read book.xlsx: it is an Excel workbook; save it as CSV (UTF-8)",
        "cannot read pictures.zip: no file in it may be a transcript",
    ]


def test_an_archive_in_a_folder_is_read_and_remembered_as_one_file(tmp_path: Path) -> None:
    (tmp_path / "all.zip").write_bytes(zipped(**{f"{number}.json": TRANSCRIPT for number in range(5)}))
    (tmp_path / "more.json.gz").write_bytes(gzip.compress(TRANSCRIPT))

    found = list(pages([tmp_path], most_files=2))

    assert [len(page.records) for page in found] == [2, 2, 2]
    # Half of an archive is not known as read: killed after the second page, all of it is read again.
    assert [[Path(name).name for name in read_cursor(page.cursor)] for page in found] == [
        [],
        [],
        ["all.zip", "more.json.gz"],
    ]
    assert list(pages([tmp_path], found[-1].cursor)) == []


def test_an_archive_that_is_being_written_is_waited_for() -> None:
    for whole in (zipped(**{"a.json": TRANSCRIPT * 50}), gzip.compress(TRANSCRIPT * 50)):
        assert is_whole(whole)
        assert not is_whole(whole[:-20])


def test_json_lines_are_whole_when_their_last_line_is() -> None:
    lines = json.dumps({"type": "message"}) + "\n" + json.dumps({"type": "event"})

    assert is_whole(lines.encode())
    assert not is_whole(lines[:-3].encode())
