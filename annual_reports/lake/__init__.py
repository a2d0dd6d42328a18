"""What the lake holds, as frames: extractions here, published tables in `.partitions`."""

from annual_reports.lake.extractions import EXTRACTION_SCHEMA, document_id, extraction_frame

__all__ = ["EXTRACTION_SCHEMA", "document_id", "extraction_frame"]
