"""Make on compose.yaml's stand-ins for AWS what must be there before the shop: a bucket, a topic, a sender.

Waits for them first, and is safe to run twice. Names come from the shop's own settings; tables are made by `migrate`.
"""

from __future__ import annotations

from collections.abc import Callable
from email.utils import parseaddr
from typing import Any

import boto3
from botocore.exceptions import BotoCoreError, ClientError
from tenacity import Retrying, retry_if_exception_type, stop_after_delay, wait_fixed

from app.settings.environment import load_settings

WAIT_SECONDS = 90
_THERE_ALREADY = frozenset({"AlreadyExistsException", "BucketAlreadyOwnedByYou"})


def prepare() -> None:
    settings = load_settings()
    for service, ask in (("dynamodb", "list_tables"), ("s3", "list_buckets")):
        _wait_for(getattr(boto3.client(service), ask), service)
    region = {"LocationConstraint": boto3.session.Session().region_name}
    _make(boto3.client("s3").create_bucket, Bucket=settings.s3_bucket, CreateBucketConfiguration=region)
    _make(boto3.client("sesv2").create_email_identity, EmailIdentity=parseaddr(settings.ses_sender)[1])
    topic = boto3.client("sns").create_topic(Name=settings.sns_topic_arn.rpartition(":")[2])["TopicArn"]
    if topic != settings.sns_topic_arn:
        raise SystemExit(f"SNS_TOPIC_ARN: the topic that was made is {topic}, not {settings.sns_topic_arn}.")
    print(f"Ready: bucket {settings.s3_bucket}, topic {topic}, sender {settings.ses_sender}.")


def _wait_for(ask: Callable[[], Any], service: str) -> None:
    waiting = Retrying(
        retry=retry_if_exception_type(BotoCoreError),
        wait=wait_fixed(1),
        stop=stop_after_delay(WAIT_SECONDS),
        reraise=True,
    )
    try:
        waiting(ask)
    except BotoCoreError as error:
        raise SystemExit(f"{service} does not answer: {error}") from error


def _make(create: Callable[..., Any], **what: Any) -> None:
    try:
        create(**what)
    except ClientError as error:
        if error.response["Error"]["Code"] not in _THERE_ALREADY:
            raise


if __name__ == "__main__":
    prepare()
