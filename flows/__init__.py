"""When things run: one file per flow."""
