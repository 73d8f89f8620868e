"""Pictures of products as nobody should send them: each is refused in clear words, or comes out clean."""

from __future__ import annotations

import base64
import functools
import struct
import subprocess
import sys
import zlib
from collections.abc import Iterator
from io import BytesIO
from typing import Any

import pytest
from PIL import Image

from app.domain import Role
from app.services import install
from app.stores.shared.pictures import MAX_BYTES, MAX_PIXELS
from tests.support.dash_calls import call, callback_map, changes, function_of, payload
from tests.support.world import World, build_world

SCRIPT = b"<script>alert(document.domain)</script>"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)">' + SCRIPT + b"</svg>"
MEGAPIXELS, NO_PICTURE, NOT_CHOSEN = "at most 25 megapixels", "must be a PNG, JPEG or WebP file", "Choose a PNG, JPEG"


def encoded(picture: Image.Image, kind: str, **options: Any) -> bytes:
    out = BytesIO()
    picture.save(out, kind, **options)
    return out.getvalue()


def chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def png_that_claims(width: int, height: int) -> bytes:
    """A few hundred bytes that unpack, as they say, to gigabytes."""
    header = struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0)
    body = zlib.compress(b"\x00" * 100_000)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def png_with_packed_words(size: int) -> bytes:
    plain = encoded(Image.new("RGB", (8, 8)), "PNG")
    words = chunk(b"zTXt", b"Comment\x00\x00" + zlib.compress(b"x" * size))
    return plain[:33] + words + plain[33:]


RED = Image.new("RGB", (40, 50), "red")
FRAMES = [Image.new("RGB", (40, 50), colour) for colour in ("red", "green", "blue")]
JUST_TOO_LARGE = (MAX_PIXELS // 5000 + 1, 5000)


@functools.cache
def refused() -> dict[str, tuple[str, bytes, str]]:
    """Name: the kind it says it is, the bytes, and the words that must come back."""
    return {
        "a small bomb": ("png", png_that_claims(60_000, 60_000), MEGAPIXELS),
        "a bomb that is long and thin": ("png", png_that_claims(2_000_000_000, 1), MEGAPIXELS),
        "a real one just over the limit": ("png", encoded(Image.new("1", JUST_TOO_LARGE), "PNG"), MEGAPIXELS),
        "a bomb of words": ("png", png_with_packed_words(100 * 1024**2), NO_PICTURE),
        "svg with a script": ("svg+xml", SVG, NOT_CHOSEN),
        "svg that says it is png": ("png", SVG, NO_PICTURE),
        "html that says it is png": ("png", b"<!doctype html>" + SCRIPT, NO_PICTURE),
        "an animated gif": ("gif", encoded(FRAMES[0], "GIF", save_all=True, append_images=FRAMES[1:]), NOT_CHOSEN),
        "a gif that says it is png": ("png", encoded(RED, "GIF"), NO_PICTURE),
        "half a jpeg": ("jpeg", encoded(Image.effect_noise((400, 400), 80), "JPEG")[:9_000], NO_PICTURE),
        "half a png": ("png", encoded(Image.effect_noise((400, 400), 80), "PNG")[:9_000], NO_PICTURE),
        "nothing": ("png", b"", NO_PICTURE),
        "a postscript program": ("png", b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", NO_PICTURE),
        "more than 5 MB": ("png", b"\x89PNG\r\n\x1a\n" + b"\x00" * MAX_BYTES, "larger than 5 MB"),
    }


def with_gps() -> bytes:
    exif = Image.Exif()
    exif[0x0112] = 6  # lies on its side
    exif[0x010F] = "SecretCameraMaker"
    exif.get_ifd(0x8825).update({1: "N", 2: (18.0, 31.0, 12.5), 3: "E", 4: (73.0, 51.0, 24.25)})
    return encoded(RED, "JPEG", exif=exif, comment=b"taken at home")


@functools.cache
def accepted() -> dict[str, tuple[str, bytes]]:
    return {
        "an animated webp": ("webp", encoded(FRAMES[0], "WEBP", save_all=True, append_images=FRAMES[1:])),
        "an animated png": ("png", encoded(FRAMES[0], "PNG", save_all=True, append_images=FRAMES[1:])),
        "a jpeg with a page behind it": ("jpeg", encoded(RED, "JPEG") + SCRIPT),
        "a jpeg with a script as its comment": ("jpeg", encoded(RED, "JPEG", comment=SCRIPT)),
        "a photo that says where it was taken": ("jpeg", with_gps()),
        "a jpeg that says it is png": ("png", encoded(RED, "JPEG")),
        "one of many colours": ("png", encoded(RED.convert("P"), "PNG")),
    }


@pytest.fixture(scope="module")
def world(built_app, tmp_path_factory) -> Iterator[World]:
    made = build_world(built_app.server, tmp_path_factory.mktemp("uploads"))
    yield made
    made.services.live.close()
    made.database.dispose()
    install(built_app.services)


@pytest.fixture(scope="module")
def admin(world):
    return world.client(world.people[Role.ADMIN])


def data_url(kind: str, data: bytes) -> str:
    return f"data:image/{kind};base64,{base64.b64encode(data).decode()}"


def press(client, function: str, **typed: Any) -> Any:
    """The answer of a callback of the inventory's form for a new product."""
    entries = callback_map(client).items()
    output, entry = next(one for one in entries if function_of(one[1]).__qualname__ == function)
    declared = [*entry["inputs"], *entry["state"]]
    values = [typed.get(one["id"].removeprefix("admin-inventory-")) for one in declared]
    return call(client, payload(output, entry, values, 0, key="image"))


def upload(client, contents: Any) -> Any:
    return press(client, "change_pictures", picked=1, pictures=[], upload=contents)


def save(client, names: list[str]) -> Any:
    typed = {"name": "Pictured", "price": "10", "stock": 1, "category": "Art", "tax_class": "standard"}
    return press(client, "save_details", save=1, pictures=names, **typed)


def said(answer: Any) -> str:
    """What stands under the picture's field."""
    return str(answer.json["response"]["admin-inventory-picture-error"]["children"])


def pictures(world: World) -> set[str]:
    folder = world.services.settings.images_dir
    return {one.name for one in folder.iterdir()} if folder.exists() else set()


@pytest.mark.parametrize("name", sorted(refused()))
def test_what_is_no_picture_is_refused_in_clear_words_and_changes_nothing(world, admin, name):
    kind, data, words = refused()[name]
    before = world.tables(), pictures(world)
    answer = upload(admin, data_url(kind, data))
    assert answer.status_code == 200, answer.text[:300]
    assert words in said(answer)
    assert (world.tables(), pictures(world)) == before


def test_fifty_megabytes_are_refused_before_they_are_read(world, admin):
    before = world.tables(), pictures(world)
    answer = upload(admin, "data:image/png;base64," + "A" * (50 * 1024**2))
    assert answer.status_code == 413
    assert answer.json["code"] == "too_large"
    assert (world.tables(), pictures(world)) == before


@pytest.mark.parametrize("name", sorted(accepted()))
def test_what_is_one_comes_out_as_a_picture_and_nothing_else(world, admin, name):
    before = pictures(world)
    kind, data = accepted()[name]
    names = changes(upload(admin, data_url(kind, data)))["admin-inventory-pictures"]["data"]
    assert changes(save(admin, names))["toast-request"]["data"]
    product = next(one for one in world.services.catalog.all() if one.image == names[0])
    answer = admin.get(f"/media/products/{product.image}")
    stored = answer.data
    with Image.open(BytesIO(stored)) as picture:
        assert picture.format == "WEBP"
        assert getattr(picture, "n_frames", 1) == 1
        assert not picture.getexif()
        assert {*picture.info} <= {"loop", "background", "timestamp", "duration"}
    for trace in (SCRIPT, b"SecretCameraMaker", b"taken at home", b"Exif", b"GPS"):
        assert trace not in stored
    assert answer.mimetype == "image/webp"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert len(pictures(world) - before) <= 1
    assert not [one for one in pictures(world) if not one.endswith(".webp")]


def test_a_photo_on_its_side_stands_upright(world):
    from app.stores.shared.pictures import reencoded

    with Image.open(BytesIO(reencoded(with_gps()))) as picture:
        assert picture.size == (50, 40)


MEASURE = """
import sys
from pathlib import Path
from PIL import Image
from app.errors import InvalidInput
from app.stores.shared.pictures import reencoded

def megabytes(name):
    lines = Path("/proc/self/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith(name)).split()[1]) / 1024

Image.init()
data = Path(sys.argv[1]).read_bytes()
Path("/proc/self/clear_refs").write_text("5")  # the peak is counted from here
before = megabytes("VmRSS")
try:
    reencoded(data)
except InvalidInput:
    pass
print(round(megabytes("VmHWM") - before))
"""


def largest() -> bytes:
    """A picture of exactly as many pixels as may be, which is taken."""
    return encoded(Image.new("RGB", (MAX_PIXELS // 5000, 5000), "teal"), "PNG")


@pytest.mark.parametrize(
    ("name", "bound"),
    [
        ("a small bomb", 10),
        ("a bomb that is long and thin", 10),
        ("a real one just over the limit", 10),
        ("a bomb of words", 10),
        ("the largest picture", 300),
    ],
)
@pytest.mark.skipif(sys.platform != "linux", reason="the peak is read from /proc")
def test_memory_stays_bounded(tmp_path, name, bound, record_property):
    """Megabytes by which a fresh process grows at most while it looks at the picture."""
    data = tmp_path / "picture"
    data.write_bytes(refused()[name][1] if name in refused() else largest())
    done = subprocess.run([sys.executable, "-c", MEASURE, str(data)], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    grown = int(done.stdout)
    assert grown <= bound
    record_property("proved", f"upload of {name}: {grown} MB more at its peak")
