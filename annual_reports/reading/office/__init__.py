"""Readers of office files: Word in its five formats, OpenDocument, and spreadsheets."""
