"""Takes over another shop's history from a transaction CSV, by the rules of docs/metrics.md."""

from app.tools.importer.run import ImportReport, import_file

__all__ = ["ImportReport", "import_file"]
