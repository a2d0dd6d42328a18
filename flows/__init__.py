"""When things run: one file per flow, each reading like a table of contents."""
