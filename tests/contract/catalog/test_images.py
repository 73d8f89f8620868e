"""Uploaded pictures, in a folder and in a bucket."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import boto3
import pytest
from PIL import Image

from app.domain.picture_sizes import PICTURE_WIDTHS
from app.errors import Busy, InvalidInput, NotFound, StoreUnavailable
from app.services.catalog.ports import Images
from app.stores.aws.s3 import FOLDER, S3Images
from app.stores.local.images import LocalImages
from app.stores.shared import pictures
from tests.support.aws import Aws, endpoint, fake_aws


def picture(shade: int = 7) -> bytes:
    out = BytesIO()
    Image.new("RGB", (40, 30), shade).save(out, "PNG")
    return out.getvalue()


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[Aws]:
    with fake_aws(monkeypatch) as made:
        yield made


@pytest.fixture(params=["folder", "bucket"])
def images(request: pytest.FixtureRequest, tmp_path: Path) -> Images:
    if request.param == "folder":
        return LocalImages(tmp_path / "images")
    return S3Images(request.getfixturevalue("aws").bucket)


def test_what_was_saved_is_loaded_as_webp(images: Images):
    with Image.open(BytesIO(images.load(images.save(picture())))) as kept:
        assert (kept.format, kept.size) == ("WEBP", (40, 30))


def large(shade: int = 7) -> bytes:
    out = BytesIO()
    Image.new("RGB", (1000, 750), shade).save(out, "PNG")
    return out.getvalue()


def test_a_picture_is_there_in_every_width_that_pages_ask_for_and_no_larger_than_it_is(images: Images):
    name = images.save(large())
    for width in PICTURE_WIDTHS:
        with Image.open(BytesIO(images.in_width(name, width))) as kept:
            assert (kept.format, kept.width) == ("WEBP", min(width, 1000))


@pytest.mark.parametrize("width", [0, -1, 161, 10**9])
def test_no_other_width_can_be_asked_for(images: Images, width: int):
    name = images.save(picture())
    with pytest.raises(NotFound):
        images.in_width(name, width)


def test_a_size_of_no_picture_is_not_found_and_none_itself(images: Images):
    with pytest.raises(NotFound):
        images.in_width("0" * 32 + ".webp", 320)
    with pytest.raises(NotFound):
        images.load(images.save(picture()).replace(".webp", "-320.webp"))


def test_sizes_are_made_once_with_the_picture_or_when_first_asked_for(images: Images, monkeypatch: pytest.MonkeyPatch):
    made = []
    monkeypatch.setattr(pictures, "_narrowed", lambda data, width: made.append(width) or data)
    name = images.save(large())
    assert sorted(made) == sorted(PICTURE_WIDTHS)
    for _ in range(2):
        assert images.in_width(name, 320)
        assert images.kept("a" * 32 + ".jpg", str, lambda _: made.append("drawn") or b"jpeg") == b"jpeg"
    assert [one for one in made if one == "drawn"] == ["drawn"]
    assert len(made) == len(PICTURE_WIDTHS) + 1


def test_nobody_waits_for_what_cannot_be_made_and_an_upload_for_no_visitor(
    images: Images, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(pictures.FOR_VISITORS, "_patience", 0.05)
    name = images.save(large())
    with pictures.FOR_VISITORS.taken():
        with pytest.raises(NotFound):
            images.in_width("0" * 32 + ".webp", 320)
        other = images.save(large(9))
        assert images.in_width(name, 320), "it is there"
        assert images.in_width(other, 320), "it was made with the upload"


def test_who_waits_long_for_a_size_is_told_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    images = LocalImages(tmp_path / "images")
    name = images.save(large())
    shutil.rmtree(tmp_path / "images-made")
    monkeypatch.setattr(pictures.FOR_VISITORS, "_patience", 0.05)
    with pictures.FOR_VISITORS.taken(), pytest.raises(Busy):
        images.in_width(name, 320)
    assert images.in_width(name, 320)


def test_a_bucket_is_not_asked_again_for_what_it_lacked_a_moment_ago(aws: Aws, monkeypatch: pytest.MonkeyPatch):
    images = S3Images(aws.bucket)
    asked: list[str] = []
    monkeypatch.setattr(images, "_found", lambda key: asked.append(key))
    for _ in range(3):
        with pytest.raises(NotFound):
            images.in_width("0" * 32 + ".webp", 320)
    assert len(asked) == 2, "the size and the whole, once"


def test_an_upload_ends_the_memory_that_it_was_missing(aws: Aws, tmp_path: Path):
    images, name = S3Images(aws.bucket), LocalImages(tmp_path).save(large())
    with pytest.raises(NotFound):
        images.in_width(name, 320)
    images.save(large())
    assert images.in_width(name, 320)


def test_one_from_before_there_were_sizes_gets_its_own(tmp_path: Path):
    images = LocalImages(tmp_path / "images")
    name = images.save(large())
    shutil.rmtree(tmp_path / "images-made")
    with Image.open(BytesIO(images.in_width(name, 320))) as made:
        assert made.size == (320, 240)
    assert [path.name for path in (tmp_path / "images-made").iterdir()] == [name.replace(".webp", "-320.webp")]


def test_the_same_picture_gives_the_same_name_and_another_one_another(images: Images):
    names = [images.save(picture()), images.save(picture()), images.save(picture(9))]
    assert names[0] == names[1] != names[2]


def test_both_stores_name_a_picture_alike(aws: Aws, tmp_path: Path):
    assert LocalImages(tmp_path).save(picture()) == S3Images(aws.bucket).save(picture())


@pytest.mark.parametrize("name", ["../secret_key", "x.webp", "", "/etc/passwd", "0" * 32 + ".webp", "é" * 32 + ".webp"])
def test_what_is_no_picture_of_ours_is_not_found(images: Images, name: str):
    with pytest.raises(NotFound):
        images.load(name)


def test_what_is_no_picture_is_refused(images: Images):
    with pytest.raises(InvalidInput) as wrong:
        images.save(b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>")
    assert wrong.value.field == "image"


def test_a_bucket_says_what_its_pictures_are_and_that_they_never_change(aws: Aws):
    name = S3Images(aws.bucket).save(picture())
    kept = boto3.client("s3").head_object(Bucket=aws.bucket, Key=FOLDER + name)
    assert kept["ContentType"] == "image/webp"
    assert kept["CacheControl"] == "public, max-age=31536000, immutable"


def test_a_bucket_that_is_not_there_is_no_missing_picture(aws: Aws, caplog: pytest.LogCaptureFixture):
    images = S3Images("another-bucket")
    with pytest.raises(StoreUnavailable):
        images.save(picture())
    with pytest.raises(StoreUnavailable):
        images.load("0" * 32 + ".webp")
    assert "no bucket of the name in S3_BUCKET" in caplog.text


def test_a_bucket_that_cannot_be_reached_is_said_so(monkeypatch: pytest.MonkeyPatch):
    with endpoint(monkeypatch, "S3", "http://127.0.0.1:9"):
        images = S3Images("shop-pictures")
        with pytest.raises(StoreUnavailable, match="could not be stored"):
            images.save(picture())
        with pytest.raises(StoreUnavailable, match="cannot be shown"):
            images.load("0" * 32 + ".webp")
