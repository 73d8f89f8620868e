"""What other services call: bounces and complaints of SES, sent by an SNS topic, and what became of payments."""

from __future__ import annotations

import flask

from app.domain import Access
from app.domain.payments import PayBy
from app.services import services
from app.web.api.answers import Done
from app.web.api.failures import MESSAGE_REFUSED, NOT_FOUND
from app.web.api.reading import raw_body
from app.web.api.routing import Doc, route
from app.web.api.writing import done

LARGEST = 128 * 1024  # SES shortens what it tells of a mail; some of its events have 30 KB


@route(
    "/api/hooks/ses",
    Access.PUBLIC,
    methods=("POST",),
    body_limit=LARGEST,
    doc=Doc(
        "Take a bounce or complaint of SES",
        "service",
        answers=Done,
        description=(
            "For the topic of `SES_EVENTS_TOPIC_ARN` to call, as an HTTPS subscription without raw delivery. Only "
            "what SNS signed for this topic within a day counts, and each message once; the subscription confirms "
            "itself. Addresses that bounced for good, or whose owner complained, are not written to any more."
        ),
        refusals=(MESSAGE_REFUSED, NOT_FOUND),
    ),
)
def ses_event() -> flask.Response:
    """SNS sends JSON as text/plain, and neither a cookie nor an Origin: there is no session here to misuse."""
    services().mail_events.receive(raw_body())
    return done()


@route("/webhooks/stripe", Access.PUBLIC, methods=("POST",), body_limit=LARGEST)
def stripe_event() -> flask.Response:
    """For Stripe alone, so the API's document leaves it out. Another status than 200 has Stripe send the event again.

    It has neither a cookie nor an Origin: there is no session here to misuse. What it says is not gone by.
    """
    services().payments.hear(PayBy.STRIPE, dict(flask.request.headers), raw_body())
    return done()
