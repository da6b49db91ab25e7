"""What a run leaves in its folder: results.json, table.md, report.html, contact-sheet.jpg."""

from pathlib import Path

from core.evaluation import page, results, sheet, table
from core.evaluation.results import Results


def leave(folder: Path, found: Results, kept: Path | None = None) -> None:
    """`kept`: a file of tables in which this one takes the place of its earlier self. Raises KnownError."""
    results.save(folder / "results.json", found)
    results.write(folder / "table.md", table.markdown(found).encode())
    page.save(folder / "report.html", found)
    sheet.save(folder / "contact-sheet.jpg", found, folder)
    if kept:
        table.update(kept, found)
