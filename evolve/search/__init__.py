"""The search: ask for candidates, tell what was measured of them."""
