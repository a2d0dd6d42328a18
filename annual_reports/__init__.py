"""What we know about a report: pure functions; no Prefect, network, disk or clock."""
