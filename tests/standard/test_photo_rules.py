"""A photo is judged by what is in the file."""

import pytest

from ivr.standard.case_refusal import CaseRefusal
from ivr.standard.photo_rules import PhotoKind, photo_kind, why_not

JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00"
MEGABYTE = 1_000_000


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        (JPEG, PhotoKind.JPEG),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", PhotoKind.PNG),
        (b"RIFF\x24\x00\x00\x00WEBPVP8 ", PhotoKind.WEBP),
        (b"RIFF\x24\x00\x00\x00WAVEfmt ", None),
        (b"MZ\x90\x00\x03\x00\x00\x00", None),
        (b"\x7fELF\x02\x01\x01\x00", None),
        (b"<svg onload=alert(1)>", None),
        (b"GIF89a\x01\x00\x01\x00", None),
        (b"", None),
    ],
)
def test_a_picture_is_told_by_its_beginning(head: bytes, kind: PhotoKind | None) -> None:
    assert photo_kind(head) is kind


@pytest.mark.parametrize(
    ("head", "size", "already", "refusal"),
    [
        (JPEG, 10 * MEGABYTE, 19, None),
        (JPEG, 50 * MEGABYTE, 0, CaseRefusal.PHOTO_TOO_LARGE),
        (b"MZ\x90\x00", MEGABYTE, 0, CaseRefusal.NO_PHOTO),
        (JPEG, MEGABYTE, 20, CaseRefusal.TOO_MANY_PHOTOS),
    ],
)
def test_what_is_no_picture_or_too_much_is_refused(
    head: bytes, size: int, already: int, refusal: CaseRefusal | None
) -> None:
    assert why_not(head, size, already, largest_bytes=10 * MEGABYTE, most=20) is refusal
