"""How a step runs: retries, limits, logging, network and disk round the pure functions."""
