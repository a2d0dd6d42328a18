"""How a step runs: network, disk, clock and processes round one pure function each."""
