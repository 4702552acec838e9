"""Environments for control: ``NAME.py`` says what a task is, ``NAME_dynamics.py`` is compiled."""
