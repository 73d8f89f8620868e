"""The e-mails the shop sends: rendered from templates, each with an HTML and a text part."""

from app.mail.low_stock import LowStock, low_stock_alert
from app.mail.receipt import receipt

__all__ = ["LowStock", "low_stock_alert", "receipt"]
