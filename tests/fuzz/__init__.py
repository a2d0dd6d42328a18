"""Hostile documents for every reader: whatever comes in, an honest extraction or a reason comes out."""
