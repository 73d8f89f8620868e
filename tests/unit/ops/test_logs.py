"""Lines of log: one record is one line, whatever is in it; requests get their ids from whom we trust."""

from __future__ import annotations

import io
import json
import logging

import pytest

from app.domain import Vitals
from app.ops import cloudwatch_feed, request_id
from app.ops.logs import formatter

INJECTED = "x\n2026-01-01 00:00:00,000 [1] INFO app.access: forged\r\x1b[2K\u2028end"


@pytest.fixture
def written():
    """`written(form)`: what is logged from then on, in that form."""
    logger, handlers = logging.getLogger("app.tried"), []
    logger.setLevel(logging.DEBUG)

    def begin(form):
        stream = io.StringIO()
        handlers.append(logging.StreamHandler(stream))
        handlers[-1].setFormatter(formatter(form, "web"))
        logger.addHandler(handlers[-1])
        return stream

    yield begin
    for handler in handlers:
        logger.removeHandler(handler)


def fail():
    try:
        raise ValueError(INJECTED)
    except ValueError:
        logging.getLogger("app.tried").exception("failed on %s", INJECTED)


class TestLines:
    def test_of_json_hold_what_happened_and_for_which_request(self, written):
        stream = written("json")
        with request_id.under("0123456789abcdef"):
            logging.getLogger("app.tried").warning("sold %s", 3, extra={"status": 200})
        line = json.loads(stream.getvalue())
        assert line.pop("time").endswith("+00:00")
        assert line == {
            "level": "WARNING", "logger": "app.tried", "message": "sold 3", "service": "web", "status": 200,
            "request_id": "0123456789abcdef",
        }  # fmt: skip

    def test_of_json_cannot_be_forged(self, written):
        stream = written("json")
        fail()
        (line,) = stream.getvalue().splitlines()
        assert json.loads(line)["message"] == f"failed on {INJECTED}"
        assert "ValueError" in json.loads(line)["traceback"]

    def test_of_text_cannot_be_forged(self, written):
        stream = written("text")
        fail()
        first, *rest = stream.getvalue().splitlines()
        assert "failed on x\\n2026" in first
        assert all(line.startswith("    ") for line in rest)
        assert "\x1b" not in stream.getvalue()


class TestRequestIds:
    GIVEN = "edge-0123456789"
    ROOT, OWN = "1-67891233-abcdef012345678912345678", "1-67891234-12456789abcdef0123456789"

    def of(self, header, **headers):
        return request_id.of_headers(header, {k.replace("_", "-"): v for k, v in headers.items()}.get)

    def test_are_made_here_unless_a_header_is_trusted(self):
        found = self.of("", X_Request_Id=self.GIVEN, X_Amzn_Trace_Id=f"Root={self.ROOT}")
        assert found not in (self.GIVEN, self.ROOT)
        assert len(found) == 16
        assert self.of("X-Request-Id", X_Request_Id=self.GIVEN) == self.GIVEN

    @pytest.mark.parametrize(
        "given", ["", "short", "a" * 65, "with space 0123", "line\nbreak0123", "ünïcödé-0123", "-" * 20]
    )
    def test_that_are_malformed_are_not_taken(self, given):
        assert self.of("X-Request-Id", X_Request_Id=given) != given
        assert self.of("X-Amzn-Trace-Id", X_Amzn_Trace_Id=f"Root={given}") != given

    def test_of_a_load_balancer_are_its_own_where_a_caller_chose_the_root(self):
        assert self.of("X-Amzn-Trace-Id", X_Amzn_Trace_Id=f"Root={self.ROOT}") == self.ROOT
        assert self.of("X-Amzn-Trace-Id", X_Amzn_Trace_Id=f"Self={self.OWN};Root={self.ROOT};x") == self.OWN


UNITS = {"Count", "Seconds", "Milliseconds"}  # of CloudWatch's


def check_line(line):
    """The structure that CloudWatch publishes for its embedded metric format."""
    assert set(line["_aws"]) == {"Timestamp", "CloudWatchMetrics"}
    assert isinstance(line["_aws"]["Timestamp"], int)
    assert line["_aws"]["Timestamp"] > 1_700_000_000_000  # milliseconds
    (directive,) = line["_aws"]["CloudWatchMetrics"]
    assert set(directive) == {"Namespace", "Dimensions", "Metrics"}
    assert directive["Dimensions"] == [["Service"]]
    assert isinstance(line["Service"], str)
    assert 0 < len(directive["Metrics"]) <= 100
    for metric in directive["Metrics"]:
        assert set(metric) == {"Name", "Unit"}
        assert metric["Unit"] in UNITS
        value = line[metric["Name"]]
        numbers = value if isinstance(value, list) else [value]
        assert 0 < len(numbers) <= 100
        assert all(type(number) in (int, float) for number in numbers)


class TestFeed:
    @pytest.fixture
    def lines(self):
        stream, logger = io.StringIO(), logging.getLogger("app.feed")
        handler = logging.StreamHandler(stream)
        handler.setFormatter(formatter("json", "web"))
        logger.addHandler(handler)
        logger.setLevel(logging.INFO)
        cloudwatch_feed.TALLY.take()
        yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
        logger.removeHandler(handler)

    def test_a_web_process_tells_what_it_did_since_the_last_line(self, lines):
        for number in range(250):
            cloudwatch_feed.TALLY.now.request(503 if number == 7 else 200, 12.5)
        for outcome in ("paid", "payment_declined", "out_of_stock", "busy", "internal_error", "paid"):
            cloudwatch_feed.TALLY.now.checkout(outcome)
        cloudwatch_feed.tell_of_web("RetailSync/test", viewers=4)
        cloudwatch_feed.tell_of_web("RetailSync/test", viewers=0)
        first, second = lines()
        check_line(first)
        check_line(second)
        assert first["_aws"]["CloudWatchMetrics"][0]["Namespace"] == "RetailSync/test"
        assert first["RequestMilliseconds"] == [12.5] * 100
        counted = (
            "Service",
            "Requests",
            "ServerErrors",
            "CheckoutsPaid",
            "CheckoutsRefused",
            "CheckoutsFailed",
            "Viewers",
        )
        assert [first[name] for name in counted] == ["web", 250, 1, 2, 2, 2, 4]
        assert [second[name] for name in counted] == ["web", 0, 0, 0, 0, 0, 0]
        assert "RequestMilliseconds" not in second

    def test_a_worker_tells_how_the_shop_is(self, lines):
        cloudwatch_feed.tell_of_worker("RetailSync", Vitals(3, 1, 12.34, 5.67, 2))
        cloudwatch_feed.tell_of_worker("RetailSync", Vitals(0, 0, 0.0, 0.0, 0, "differs", 4, 60.2))
        before, after = lines()
        check_line(before)
        check_line(after)
        told = ("Service", "OutboxDepth", "OutboxFailed", "OutboxOldestSeconds", "RollupLagSeconds", "LowStockProducts")
        assert [before[name] for name in told] == ["worker", 3, 1, 12.3, 5.7, 2]
        assert "ReconcileDifferences" not in before
        assert (after["ReconcileDifferences"], after["ReconcileAgeSeconds"]) == (4, 60)
