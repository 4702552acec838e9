"""Pages for people: paragraphs and tables, as plain text or as Markdown."""

from collections.abc import Sequence
from typing import Literal, NamedTuple

from .run_names import aligned

Markup = Literal["text", "md"]
MARKUPS: tuple[Markup, ...] = ("text", "md")


class Table(NamedTuple):
    """A table of a page.

    Attributes:
        header: Names of the columns.
        rows: As many cells each.
        words: How many columns, the first ones, are words; the others are numbers.
    """

    header: Sequence[str]
    rows: Sequence[Sequence[str]]
    words: int = 1


class Facts(NamedTuple):
    """A heading, and facts below it, each with a word for what it is of."""

    heading: str
    facts: Sequence[tuple[str, str]]


Block = str | Table | Facts


def written(blocks: Sequence[Block], markup: Markup) -> str:
    """Return a page, its blocks apart by empty lines."""
    write = _as_text if markup == "text" else _as_markdown
    return "\n\n".join(map(write, blocks))


def _as_text(block: Block) -> str:
    if isinstance(block, Table):
        return aligned([block.header, *block.rows], block.words)
    if isinstance(block, Facts):
        width = max((len(name) for name, _ in block.facts), default=0)
        lines = [f"  {name:{width}}  {fact}".rstrip() for name, fact in block.facts]
        return "\n".join([block.heading, *lines])
    return block


def _as_markdown(block: Block) -> str:
    if isinstance(block, Table):
        rule = ["---"] * block.words + ["---:"] * (len(block.header) - block.words)
        return "\n".join(_row(cells) for cells in (block.header, rule, *block.rows))
    if isinstance(block, Facts):
        lines = [f"- {name}: {fact}" for name, fact in block.facts]
        return "\n".join([f"**{block.heading}**", "", *lines])
    return block


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"
