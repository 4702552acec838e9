"""Linear readouts, which learn the answers from spike counts."""
