"""Scanned pages and pictures, read with the optional extra `ocr` (`make ocr`); imported only when needed."""
