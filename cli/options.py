"""How options without a default are declared."""

from collections.abc import Callable
from typing import Any

import typer


def option(
    panel: str, metavar: str, help_text: str, parser: Callable[[str], Any] | None = None
) -> Any:
    """Declare an option.

    Args:
        panel: Heading under which help lists it.
        metavar: What help calls its value.
        help_text: What help says of it.
        parser: Makes the value of the text; None for texts and paths.
    """
    return typer.Option(
        metavar=metavar, help=help_text, rich_help_panel=panel, show_default=False, parser=parser
    )


def number(panel: str, metavar: str, help_text: str) -> Any:
    """Declare an option whose value is a number."""
    return option(panel, metavar, help_text, _real)


def count(panel: str, help_text: str) -> Any:
    """Declare an option whose value is a whole number."""
    return option(panel, "N", help_text, _whole)


def _whole(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise typer.BadParameter(f"{text!r} is not a whole number.") from None


def _real(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise typer.BadParameter(f"{text!r} is not a number.") from None
