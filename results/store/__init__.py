"""The run folder: its tables and its checkpoint, written and read."""
