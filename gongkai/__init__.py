"""What a person types: the command line over the flows."""
