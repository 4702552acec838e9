"""The engine on Ray: the only door to it."""
