"""Output is compared as plain text, whatever the terminal or the CI service asks for."""

import os

# Typer and rich read these when they are imported, so this cannot be a fixture.
for name in (
    "CLICOLOR_FORCE",
    "COLUMNS",
    "FORCE_COLOR",
    "GITHUB_ACTIONS",
    "PY_COLORS",
    "TTY_COMPATIBLE",
):
    os.environ.pop(name, None)
