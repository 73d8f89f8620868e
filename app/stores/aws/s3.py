"""Uploaded product pictures in an S3 bucket, named by what is in them."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import TypeVar

from botocore.exceptions import BotoCoreError, ClientError

from app.domain.picture_sizes import PICTURE_WIDTHS
from app.errors import StoreUnavailable
from app.stores.aws.client import client, code_of, general_words
from app.stores.shared.pictures import (
    FOR_DRAWINGS,
    FOR_UPLOADS,
    FOR_VISITORS,
    Missed,
    Place,
    check_name,
    made_once,
    narrowed,
    no_such_picture,
    prepared,
    size_name,
)

log = logging.getLogger(__name__)
T = TypeVar("T")

FOLDER = "products/"
MADE = f"{FOLDER}made/"  # of the pictures above it; what is in there can be made again
YEAR = 365 * 24 * 3600

_KINDS = {"jpg": "image/jpeg", "png": "image/png", "webp": "image/webp"}


class S3Images:
    """The `Images` port."""

    def __init__(self, bucket: str) -> None:
        self._bucket = bucket
        self._missed = Missed()

    def save(self, data: bytes) -> str:
        picture = prepared(data)
        self._keep(FOLDER + picture.name, picture.data)
        self._missed.forget(picture.name)
        for width in PICTURE_WIDTHS:  # here an admin waits for it, later a visitor would
            self._sized(FOR_UPLOADS, picture.name, width, lambda: picture.data)
        return picture.name

    def load(self, name: str) -> bytes:
        check_name(name)
        if name in self._missed:
            raise no_such_picture()
        data = self._found(FOLDER + name)
        if data is None:
            self._missed.note(name)
            raise no_such_picture()
        return data

    def in_width(self, name: str, width: int) -> bytes:
        size_name(name, width)
        if name in self._missed:
            raise no_such_picture()
        return self._sized(FOR_VISITORS, name, width, lambda: self.load(name))

    def _sized(self, place: Place, name: str, width: int, whole: Callable[[], bytes]) -> bytes:
        return self._kept(place, size_name(name, width), whole, lambda data: narrowed(data, width))

    def kept(self, name: str, source: Callable[[], T], make: Callable[[T], bytes]) -> bytes:
        return self._kept(FOR_DRAWINGS, name, source, make)

    def _kept(self, place: Place, name: str, source: Callable[[], T], make: Callable[[T], bytes]) -> bytes:
        key = MADE + name
        return made_once(place, lambda: self._found(key), source, make, lambda data: self._keep(key, data))

    def _keep(self, key: str, data: bytes) -> None:
        try:
            client("s3").put_object(
                Bucket=self._bucket,
                Key=key,
                Body=data,
                ContentType=_KINDS[key.rpartition(".")[2]],
                CacheControl=f"public, max-age={YEAR}, immutable",
            )
        except (BotoCoreError, ClientError) as error:
            raise _unavailable("The picture could not be stored right now.", error) from error

    def _found(self, key: str) -> bytes | None:
        try:
            data: bytes = client("s3").get_object(Bucket=self._bucket, Key=key)["Body"].read()
        except ClientError as error:
            if code_of(error) == "NoSuchKey":
                return None
            raise _unavailable("The picture cannot be shown right now.", error) from error
        except BotoCoreError as error:
            raise _unavailable("The picture cannot be shown right now.", error) from error
        return data


def _unavailable(words: str, error: BotoCoreError | ClientError) -> StoreUnavailable:
    """Visitors are told that it does not work, whoever runs the shop why."""
    why = general_words("S3", error)
    if why is None and isinstance(error, ClientError):
        is_missing = code_of(error) == "NoSuchBucket"
        why = "There is no bucket of the name in S3_BUCKET." if is_missing else f"S3 refused it ({code_of(error)})."
    log.warning("pictures: %s", why)
    return StoreUnavailable(words)
