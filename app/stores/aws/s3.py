"""Uploaded product pictures in an S3 bucket, named by what is in them."""

from __future__ import annotations

import logging

from botocore.exceptions import BotoCoreError, ClientError

from app.errors import StoreUnavailable
from app.stores.aws.client import client, code_of, general_words
from app.stores.shared.pictures import check_name, no_such_picture, prepared

log = logging.getLogger(__name__)

FOLDER = "products/"
YEAR = 365 * 24 * 3600


class S3Images:
    """The `Images` port."""

    def __init__(self, bucket: str) -> None:
        self._bucket = bucket

    def save(self, data: bytes) -> str:
        picture = prepared(data)
        try:
            client("s3").put_object(
                Bucket=self._bucket,
                Key=FOLDER + picture.name,
                Body=picture.data,
                ContentType="image/webp",
                CacheControl=f"public, max-age={YEAR}, immutable",
            )
        except (BotoCoreError, ClientError) as error:
            raise _unavailable("The picture could not be stored right now.", error) from error
        return picture.name

    def load(self, name: str) -> bytes:
        check_name(name)
        try:
            data: bytes = client("s3").get_object(Bucket=self._bucket, Key=FOLDER + name)["Body"].read()
        except ClientError as error:
            if code_of(error) == "NoSuchKey":
                raise no_such_picture() from error
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
