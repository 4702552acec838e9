"""The tasks that are there by name."""
