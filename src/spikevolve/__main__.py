"""Runs the command line as ``python -m spikevolve``."""

from spikevolve.cli.main import app

app(prog_name="spikevolve")
