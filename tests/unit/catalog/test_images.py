"""Uploads become clean WebP files, or a message."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from app.errors import InvalidInput, NotFound
from app.stores.local.images import LocalImages
from app.stores.shared.pictures import LONGEST_SIDE, MAX_BYTES, MOST_PROFILE_BYTES
from tests.support.icc import ADOBE_RGB, DISPLAY_P3, grey_profile, rgb_profile


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


def shown(images: LocalImages, upload: bytes, at: tuple[int, int] = (5, 5)) -> tuple[int, ...]:
    """The colour that browsers show: what is stored names no profile, so it is sRGB."""
    with Image.open(images.path(images.save(upload))) as stored:
        assert "icc_profile" not in stored.info
        found = stored.convert("RGBA" if stored.has_transparency_data else "RGB").getpixel(at)
    assert isinstance(found, tuple)
    return tuple(round(part) for part in found)


def coloured(kind: str, mode: str, colour: object, profile: bytes | None = None, **options: object) -> bytes:
    out = BytesIO()
    Image.new(mode, (40, 30), colour).save(out, kind, icc_profile=profile, **options)
    return out.getvalue()


class TestColours:
    @pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
    @pytest.mark.parametrize(
        ("primaries", "given", "seen"),
        [
            (ADOBE_RGB, (120, 170, 110), (90, 172, 107)),
            (ADOBE_RGB, (180, 120, 100), (199, 121, 99)),
            (DISPLAY_P3, (120, 170, 110), (105, 173, 103)),
            (DISPLAY_P3, (180, 120, 100), (192, 117, 96)),
        ],
    )
    def test_of_a_profile_are_shown_as_they_were_taken(self, images: LocalImages, kind: str, primaries, given, seen):
        found = shown(images, coloured(kind, "RGB", given, rgb_profile(primaries, 2.2), quality=100))
        assert found == pytest.approx(seen, abs=4)

    def test_of_a_transparent_picture_keep_their_transparency(self, images: LocalImages):
        profile = rgb_profile(ADOBE_RGB, 2.2)
        assert shown(images, coloured("PNG", "RGBA", (120, 170, 110, 128), profile)) == pytest.approx(
            (90, 172, 107, 128), abs=4
        )

    def test_of_a_palette_with_a_profile_and_a_transparent_entry(self, images: LocalImages):
        out = BytesIO()
        picture = Image.new("P", (40, 30), 1)
        picture.putpalette([0, 0, 0, 120, 170, 110])
        picture.paste(0, (20, 0, 40, 30))
        picture.save(out, "PNG", transparency=0, icc_profile=rgb_profile(ADOBE_RGB, 2.2))
        assert shown(images, out.getvalue()) == pytest.approx((90, 172, 107, 255), abs=4)
        assert shown(images, out.getvalue(), at=(35, 5))[3] == 0

    def test_of_a_grey_profile(self, images: LocalImages):
        assert shown(images, coloured("PNG", "L", 100, grey_profile(1.0))) == pytest.approx((168,) * 3, abs=3)

    @pytest.mark.parametrize(("deep", "grey"), [(0, 0), (10_000, 39), (32_768, 127), (65_535, 255)])
    def test_of_sixteen_bits_of_grey_keep_their_steps(self, images: LocalImages, deep: int, grey: int):
        assert shown(images, coloured("PNG", "I;16", deep)) == pytest.approx((grey,) * 3, abs=2)

    def test_of_print_become_those_of_a_screen(self, images: LocalImages):
        red, green, blue = shown(images, coloured("JPEG", "CMYK", (0, 200, 200, 0), quality=100))
        assert red > 200
        assert max(green, blue) < 100

    @pytest.mark.parametrize(
        "profile",
        [b"no profile", rgb_profile(ADOBE_RGB, 2.2)[:200], grey_profile(2.2), b"\xff" * 5_000],
        ids=["text", "cut off", "of another kind", "noise"],
    )
    def test_a_profile_that_is_none_is_left_out(self, images: LocalImages, profile: bytes):
        found = shown(images, coloured("JPEG", "RGB", (120, 170, 110), profile, quality=100))
        assert found == pytest.approx((120, 170, 110), abs=4)

    def test_a_profile_beyond_every_use_is_not_even_read(self, images: LocalImages):
        huge = rgb_profile(ADOBE_RGB, 2.2, padding=MOST_PROFILE_BYTES)
        found = shown(images, coloured("JPEG", "RGB", (120, 170, 110), huge, quality=100))
        assert found == pytest.approx((120, 170, 110), abs=4)

    def test_a_profile_that_unpacks_to_more_than_a_picture_is_refused(self, images: LocalImages):
        with pytest.raises(InvalidInput):
            images.save(coloured("PNG", "RGB", (1, 2, 3), bytes(64 * 1024**2)))


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
