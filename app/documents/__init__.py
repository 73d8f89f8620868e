"""Files for people to keep: invoices as PDF, charts as PNG."""

from app.documents.charts import bars_png, lines_png
from app.documents.invoice import credit_note_pdf, file_name, invoice_pdf

__all__ = ["bars_png", "credit_note_pdf", "file_name", "invoice_pdf", "lines_png"]
