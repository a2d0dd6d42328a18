"""What `make bench` runs: each speed beside a reference in the same run."""
