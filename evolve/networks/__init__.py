"""What a run found: its champion and its other networks, read, exported, replayed."""
