"""What may be kept as a photo of a case: judged by what is in the file, never by its name."""

from enum import StrEnum

from ivr.standard.case_refusal import CaseRefusal


class PhotoKind(StrEnum):
    """A picture format that browsers show."""

    JPEG = "jpeg"  # what telephones take
    PNG = "png"  # screenshots
    WEBP = "webp"  # what some browsers make


HEAD_BYTES = 16
"""So much of the beginning of a file is enough to tell."""


def photo_kind(head: bytes) -> PhotoKind | None:
    """What a file is by its first :data:`HEAD_BYTES`; None: no picture that is taken.

    Sources: ITU-T T.81 (SOI, then a marker), PNG specification 5.2, RFC 9649 section 2.
    """
    if head.startswith(b"\xff\xd8\xff"):
        return PhotoKind.JPEG
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return PhotoKind.PNG
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return PhotoKind.WEBP
    return None


def why_not(
    head: bytes, size_bytes: int, photos_already: int, *, largest_bytes: int, most: int
) -> CaseRefusal | None:
    """Why a file is not kept; None: it is.

    :param largest_bytes: and ``most``: of a photo, and of photos of a case (config.yaml: photos).
    """
    if size_bytes > largest_bytes:
        return CaseRefusal.PHOTO_TOO_LARGE
    if photo_kind(head) is None:
        return CaseRefusal.NO_PHOTO
    return CaseRefusal.TOO_MANY_PHOTOS if photos_already >= most else None
