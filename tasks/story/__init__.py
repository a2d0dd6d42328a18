"""The story of a run as an operator reads it in the UI: pages of markdown made from the lake. Pure but for `leave`."""
