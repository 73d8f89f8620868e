"""Low-stock alerts by Amazon SNS, and who is subscribed to their topic."""

from __future__ import annotations

from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from app.domain import Message, Subscription
from app.errors import DeliveryFailed, NotFound, ServiceAway, StoreUnavailable
from app.stores.aws.client import client, code_of, general_words, is_away

SUBJECT_LENGTH = 99  # SNS takes less than 100 characters
MOST_PAGES = 10  # of a hundred subscriptions each
PENDING = "PendingConfirmation"


class SnsAlerts:
    """The `Sender` port on a topic: its subscribers are who is told, whatever the message's own address says."""

    def __init__(self, topic_arn: str) -> None:
        self._topic_arn = topic_arn

    def send(self, message: Message) -> None:
        """Publishes the text part. Raises DeliveryFailed, as ServiceAway where nothing is wrong here."""
        attributes = {"message_key": message.key, "kind": message.kind, "product_id": message.product_id or ""}
        try:
            client("sns").publish(
                TopicArn=self._topic_arn,
                Subject=_subject(message.subject),
                Message=message.text,
                MessageAttributes={
                    name: {"DataType": "String", "StringValue": value} for name, value in attributes.items() if value
                },
            )
        except (BotoCoreError, ClientError) as error:
            failure = ServiceAway if is_away(error) else DeliveryFailed
            raise failure(_words(error)) from None  # what SNS says may repeat what was sent


class SnsTopic:
    """The `AlertTopic` port."""

    def __init__(self, topic_arn: str) -> None:
        self._topic_arn = topic_arn

    def subscriptions(self) -> tuple[Subscription, ...]:
        found: list[dict[str, Any]] = []
        token: dict[str, str] = {}
        for _ in range(MOST_PAGES):
            page = self._call("list_subscriptions_by_topic", TopicArn=self._topic_arn, **token)
            found += page.get("Subscriptions", [])
            if not page.get("NextToken"):
                break
            token = {"NextToken": page["NextToken"]}
        return tuple(_subscription(one) for one in found if one["SubscriptionArn"] != "Deleted")

    def subscribe(self, email: str) -> None:
        self._call("subscribe", TopicArn=self._topic_arn, Protocol="email", Endpoint=email)

    def unsubscribe(self, subscription_id: str) -> None:
        if not subscription_id.startswith(f"{self._topic_arn}:"):
            raise NotFound("There is no such subscription.")
        self._call("unsubscribe", SubscriptionArn=subscription_id)

    def _call(self, operation: str, **arguments: Any) -> dict[str, Any]:
        try:
            answer: dict[str, Any] = getattr(client("sns"), operation)(**arguments)
        except (BotoCoreError, ClientError) as error:
            raise StoreUnavailable(_words(error)) from None
        return answer


def _subscription(one: dict[str, Any]) -> Subscription:
    arn = str(one["SubscriptionArn"])
    return Subscription(None if arn == PENDING else arn, str(one["Protocol"]), str(one["Endpoint"]))


def _subject(words: str) -> str:
    return words if len(words) <= SUBJECT_LENGTH else words[: SUBJECT_LENGTH - 1].rstrip() + "…"


def _words(error: BotoCoreError | ClientError) -> str:
    words = general_words("SNS", error)
    if words is not None or not isinstance(error, ClientError):
        return words or "SNS could not be reached."
    code = code_of(error)
    if code in ("NotFound", "NotFoundException"):
        return "SNS does not know the topic. Correct SNS_TOPIC_ARN, or make the topic."
    if code == "SubscriptionLimitExceeded":
        return "The topic has as many subscriptions as SNS allows. Remove one first."
    return f"SNS refused it ({code or 'without a reason'}). Check SNS_TOPIC_ARN."
