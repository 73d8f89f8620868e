"""Documents the shop hands out as files."""

from app.documents.invoice import file_name, invoice_pdf

__all__ = ["file_name", "invoice_pdf"]
