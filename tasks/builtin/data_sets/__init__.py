"""Data sets, each loaded or made where it is asked for."""
