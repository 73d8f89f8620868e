"""What can be said after `python -m app`, and what is then run."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from datetime import date

from app import numbers
from app.cli import commands, forecasting, moving, reconciling, replaying, serving
from app.errors import ShopError, StartupError
from app.ops import logs, request_id
from app.settings.environment import load_settings


def parser() -> argparse.ArgumentParser:
    main = argparse.ArgumentParser(prog="python -m app", description="Retail Sync: a shop and its analytics.")
    add = main.add_subparsers(dest="command", required=True, metavar="COMMAND").add_parser

    serve = add("serve", help="serve the shop with gunicorn")
    serve.set_defaults(run=serving.serve)

    worker = add("worker", help="run the background worker on its own")
    worker.set_defaults(run=serving.work)

    migrate = add("migrate", help="create the database or bring it up to date")
    migrate.set_defaults(run=commands.migrate)

    rebuild = add("rebuild", help="work out every total anew from orders, returns and stock movements")
    rebuild.set_defaults(run=commands.rebuild)

    costs = add("fill-costs", help="give past sales without a known cost today's cost of their products")
    costs.set_defaults(run=commands.fill_costs)

    demo = add("demo", help="fill an empty shop with a year of believable trade")
    demo.add_argument("--orders", type=_count, default=6000, help="about how many orders (default 6000)")
    demo.add_argument("--products", type=_count, default=126, help="how many products (default 126)")
    demo.add_argument("--seed", type=numbers.whole, default=7, help="another seed gives another year (default 7)")
    demo.add_argument("--if-empty", action="store_true", help="do nothing when the shop already has products")
    demo.add_argument("--new-passwords", action="store_true", help="only give the demo sign-ins new passwords")
    demo.set_defaults(run=commands.demo)

    simulate = add("simulate", help="send live shoppers to the running shop, through its public API")
    simulate.add_argument("--rate", type=_positive, default=12.0, help="orders a minute (default 12)")
    simulate.add_argument("--seconds", type=_positive, default=None, help="stop after so long (default: until Ctrl-C)")
    simulate.add_argument("--seed", type=numbers.whole, default=None, help="repeat the same shoppers")
    simulate.add_argument("--url", default=None, help="the shop (default: this machine's, on PORT)")
    simulate.set_defaults(run=commands.simulate)

    load = add("import", help="import a shop's history from a transaction CSV, plain or .gz")
    load.add_argument("file", metavar="FILE")
    load.set_defaults(run=commands.import_history)

    books = add("reconcile", help="prove that all books agree, or name what differs")
    books.add_argument("--repair", action="store_true", help="mend what has one right answer")
    books.add_argument("--since", metavar="DAY", help="only orders placed and returns made from this day on")
    books.add_argument("--json", action="store_true", help="for machines")
    books.add_argument("--trust", choices=("catalogue", "ledger"), help="make the other one follow it, for --product")
    books.add_argument("--product", action="append", metavar="ID", help="whose stock differs; may be repeated")
    books.set_defaults(run=reconciling.reconcile)

    transfer = add("transfer", help="carry this embedded shop to servers, verified")
    transfer.add_argument("--to", metavar="FILE", help="the target's settings, in the form of a file .env")
    transfer.add_argument("--stay", action="store_true", help="let a shop that moved away go on here after all")
    transfer.set_defaults(run=moving.move)

    refresh = add("refresh-forecasts", help="make the forecasts that are not of today, as the worker does by itself")
    refresh.add_argument("--holder", default="", help=argparse.SUPPRESS)
    refresh.set_defaults(run=forecasting.refresh)

    expected = add("forecast", help="write what was expected of every product on the morning of a day")
    expected.add_argument(
        "--as-of", type=_day, metavar="DAY", required=True, help="nothing from this day on is looked at"
    )
    expected.add_argument("--horizon", type=_count, default=28, help="days that are forecast, 56 at most (default 28)")
    expected.add_argument("--out", metavar="FILE", required=True, help="CSV: each product's days")
    expected.add_argument("--lead-time", metavar="FILE", help="CSV: their sum over lead time and review period")
    expected.set_defaults(run=forecasting.forecast)

    tested = add("backtest", help="test the forecasts on the shop's own past, against two simple ones")
    tested.add_argument("--origins", type=_count, default=12, help="how many, two weeks apart (default 12)")
    tested.add_argument("--horizon", type=_count, default=28, help="days that are forecast (default 28)")
    tested.add_argument("--json", metavar="FILE", help="write every number there")
    tested.set_defaults(run=forecasting.backtest)

    replayed = add("replay", help="replay a way of reordering on days that are over, against what really happened")
    replayed.add_argument("--from", dest="first", type=_day, metavar="DAY", required=True, help="the first day")
    replayed.add_argument("--to", dest="last", type=_day, metavar="DAY", required=True, help="the last one, included")
    replayed.add_argument("--lead-days", type=numbers.whole, default=7, help="from ordering to receiving (default 7)")
    replayed.add_argument("--review-days", type=numbers.whole, default=7, help="from order to order (default 7)")
    replayed.add_argument("--service", type=_count, default=95, metavar="PERCENT", help="service level (default 95)")
    replayed.add_argument("--budget", help="the most that stock and orders may cost together")
    replayed.add_argument(
        "--start-days", type=numbers.whole, metavar="N", help="where stock is inferred: sales that it begins with"
    )
    replayed.add_argument("--start-stock", metavar="FILE", help="CSV of product_id and units that it begins with")
    only = replayed.add_mutually_exclusive_group()
    only.add_argument("--category", help="only products of this category")
    only.add_argument("--class", dest="abc", choices=("A", "B", "C"), help="only this ABC class")
    only.add_argument("--product", action="append", metavar="ID", help="only this product; may be repeated")
    replayed.add_argument("--json", metavar="FILE", help="write every number there")
    replayed.set_defaults(run=replaying.replay)

    asked = add("run-replays", help="run the replays that were asked for on the page, as the worker does by itself")
    asked.add_argument("--holder", default="", help=argparse.SUPPRESS)
    asked.set_defaults(run=replaying.run)

    admin = add("create-admin", help="create an admin; the password is read from standard input")
    admin.add_argument("--email", required=True)
    admin.add_argument("--name", required=True)
    admin.add_argument("--password-stdin", action="store_true", required=True)
    admin.set_defaults(run=commands.create_admin)

    password = add("set-password", help="set an account's password; it is read from standard input")
    password.add_argument("email", metavar="EMAIL")
    password.set_defaults(run=commands.set_password)

    factor = add("reset-second-factor", help="let somebody who lost their phone sign in with the password alone")
    factor.add_argument("email", metavar="EMAIL")
    factor.set_defaults(run=commands.reset_second_factor)
    return main


def _count(text: str) -> int:
    value = numbers.natural(text)
    if value is None or not 1 <= value <= 5_000_000:
        raise argparse.ArgumentTypeError("a number from 1 to 5,000,000")
    return value


def _day(text: str) -> date:
    try:
        return numbers.day(text)
    except ValueError:
        raise argparse.ArgumentTypeError("a day such as 2026-11-30") from None


def _positive(text: str) -> float:
    value = float(numbers.amount(text))
    if not 0 < value <= 1_000_000:
        raise argparse.ArgumentTypeError("a number above 0, and 1,000,000 at most")
    return value


def main(arguments: Sequence[str] | None = None) -> int:
    chosen = parser().parse_args(arguments)
    try:
        settings = load_settings()
        if settings.log_format == "json":
            logs.configure("json", settings.log_level, "command")
        with request_id.under(request_id.new()):  # what a command causes names the command
            return int(chosen.run(chosen))
    except StartupError as error:
        print(error, file=sys.stderr)
        return 2
    except ShopError as error:
        print(error.message, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        return 1
