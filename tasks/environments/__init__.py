"""The environments of the control tasks: `NAME.py` says what a task is, `NAME_dynamics.py` is compiled."""
