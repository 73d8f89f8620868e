"""Uploads become clean WebP files, or a message."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from app.errors import InvalidInput, NotFound
from app.stores.local.images import LocalImages
from app.stores.pictures import LONGEST_SIDE, MAX_BYTES


def picture(kind: str = "PNG", size: tuple[int, int] = (40, 30), mode: str = "RGB", **options: object) -> bytes:
    out = BytesIO()
    Image.new(mode, size, 7).save(out, kind, **options)
    return out.getvalue()


@pytest.fixture
def images(tmp_path: Path) -> LocalImages:
    return LocalImages(tmp_path / "images")


@pytest.mark.parametrize(
    ("kind", "mode"),
    [("PNG", "RGB"), ("PNG", "RGBA"), ("PNG", "P"), ("PNG", "I;16"), ("JPEG", "CMYK"), ("WEBP", "RGB")],
)
def test_accepted_kinds_become_webp(images: LocalImages, kind: str, mode: str):
    path = images.path(images.save(picture(kind, mode=mode)))
    with Image.open(path) as stored:
        assert (stored.format, stored.size) == ("WEBP", (40, 30))


def test_the_same_picture_is_one_file(images: LocalImages, tmp_path: Path):
    assert images.save(picture()) == images.save(picture())
    assert len(list((tmp_path / "images").iterdir())) == 1


def test_metadata_does_not_survive_and_the_picture_stands_upright(images: LocalImages):
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by 90 degrees
    exif[0x010E] = "where I live"
    with Image.open(images.path(images.save(picture("JPEG", exif=exif)))) as stored:
        assert stored.size == (30, 40)
        assert not stored.getexif()


def test_large_pictures_are_scaled_down(images: LocalImages):
    with Image.open(images.path(images.save(picture(size=(4_000, 2_000))))) as stored:
        assert stored.size == (LONGEST_SIDE, LONGEST_SIDE // 2)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"not a picture",
        b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>",
        picture()[:50],
        picture("JPEG", size=(400, 400))[:700],
        picture("GIF", mode="P"),
        picture("PNG", size=(6_000, 5_000), mode="1"),
        b"\x00" * (MAX_BYTES + 1),
    ],
    ids=["empty", "text", "svg", "broken png", "broken jpeg", "gif", "30 megapixels", "too many bytes"],
)
def test_anything_else_is_refused_and_not_kept(images: LocalImages, tmp_path: Path, data: bytes):
    with pytest.raises(InvalidInput) as raised:
        images.save(data)
    assert raised.value.field == "image"
    assert not list(tmp_path.rglob("*.*"))


@pytest.mark.parametrize("name", ["../secret_key", "x.webp", "", "/etc/passwd", "0" * 32 + ".webp"])
def test_only_pictures_have_paths(images: LocalImages, name: str):
    with pytest.raises(NotFound):
        images.path(name)
