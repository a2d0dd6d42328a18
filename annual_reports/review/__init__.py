"""What waits for a person, how it is shown, and what an answer becomes."""
