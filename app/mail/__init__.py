"""The e-mails the shop sends: rendered from templates, each with an HTML and a text part."""

from app.mail.low_stock import LowStock, low_stock_alert
from app.mail.receipt import receipt
from app.mail.refund import refund
from app.mail.report import ReportLine, WeeklyReport, weekly_report
from app.mail.rule import rule_alert
from app.mail.shipment import shipment_mail
from app.mail.webhook import endpoint_failing

__all__ = [
    "LowStock",
    "ReportLine",
    "WeeklyReport",
    "endpoint_failing",
    "low_stock_alert",
    "receipt",
    "refund",
    "rule_alert",
    "shipment_mail",
    "weekly_report",
]
