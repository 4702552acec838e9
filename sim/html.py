"""Things as small HTML tables, for notebooks."""

from collections.abc import Iterable
from html import escape


def html_table(title: str, rows: Iterable[tuple[str, object]]) -> str:
    """Return a table of two columns, with what it is about above it.

    Args:
        title: What it is about.
        rows: A name and a value each; floats are shown with four digits.
    """
    lines = (
        f"<tr><th style='text-align:left'>{escape(name)}</th><td>{escape(_text(value))}</td></tr>"
        for name, value in rows
    )
    head = f"<caption style='caption-side:top'><b>{escape(title)}</b></caption>"
    return f"<table>{head}<tbody>{''.join(lines)}</tbody></table>"


def _text(value: object) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)
