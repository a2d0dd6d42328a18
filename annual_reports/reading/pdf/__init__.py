"""PDF with a text layer: ruled grids and lines from glyph positions and drawn rules."""

from annual_reports.reading.pdf.reader import read_pdf

__all__ = ["read_pdf"]
