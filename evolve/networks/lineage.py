"""How a network came about: its line of ancestors, and what each step changed in the genome."""

from pathlib import Path
from typing import Any

from ...genomes import Genome, Profile
from ...genomes.difference import counted, described, difference, neuron_names
from ...results.store.folder import read_manifest
from ...results.summaries.lineage import Birth, Births
from ...results.summaries.neuron_names import input_names, output_names
from ...results.summaries.run_names import count
from ..runs.stored_genomes import profile_of, read_genomes
from ..runs.stored_networks import read_run_genome

#: So many changes are told one by one; more are counted.
TOLD = 3

COLUMNS = ("generation", "id", "source", "operators", "mate", "score", "gain", "changed")

Row = dict[str, Any]


def lineage(folder: Path, individual: str | None = None) -> list[Row]:
    """Follow a network back to generation 0, along the parents that gave it its structure.

    Args:
        folder: The run folder.
        individual: Its id; the champion if None.

    Returns:
        A row for each ancestor, the oldest first, and one for the network: `generation`, `id`, `source`,
        `operators`, `mate` (the second parent, None without crossover), `score` (the first on training
        data), `gain` (above that of the parent; both None where not measured), `changed` (in words) and
        `changes` (all of them, one by one in words; None where a genome was not kept).

    Raises:
        InputError: Not a run, damaged, or there is no such individual.
    """
    if individual is None:
        individual = read_run_genome(folder).id
    line = Births(folder).line(individual)
    manifest: dict[str, Any] = read_manifest(folder)
    profile = profile_of(folder, manifest)
    genomes = read_genomes(folder, [birth.genome_hash for birth in line], profile)
    rows: list[Row] = []
    for parent, birth in zip((None, *line), line, strict=False):
        changes = None
        if parent is not None:
            before, after = genomes.get(parent.genome_hash), genomes.get(birth.genome_hash)
            if before is not None and after is not None:
                changes = _changes(before, after, profile, manifest["task"])
        rows.append(_row(parent, birth, changes, genomes))
    return rows


def _changes(
    before: Genome, after: Genome, profile: Profile, task: dict[str, Any]
) -> tuple[list[str], str]:
    """Return all changes in words, and what they are in short."""
    found = difference(before, after, profile)
    ends = input_names(task), output_names(task, before.outputs)
    names = neuron_names(before, *ends) | neuron_names(after, *ends)
    words = [described(change, names) for change in found]
    return words, ", ".join(words) if len(words) <= TOLD else counted(found)


def _row(
    parent: Birth | None,
    birth: Birth,
    changes: tuple[list[str], str] | None,
    genomes: dict[str, Genome],
) -> Row:
    known = parent is not None and None not in (parent.score, birth.score)
    gain = birth.score - parent.score if known else None  # type: ignore[operator, union-attr]
    own = genomes.get(birth.genome_hash)
    if changes is not None:
        changed = changes[1] or "nothing"
    elif parent is None and own is not None:
        changed = (
            f"begins with {count(own.hidden, 'hidden neuron')} and {count(own.synapses, 'synapse')}"
        )
    else:
        missing = birth if own is None or parent is None else parent
        changed = f"not known: the genome of {missing.id} was not kept"
    return {
        "generation": birth.generation,
        "id": birth.id,
        "source": birth.source,
        "operators": birth.operators,
        "mate": birth.parents[1] if len(birth.parents) > 1 else None,
        "score": birth.score,
        "gain": gain,
        "changed": changed,
        "changes": None if changes is None else changes[0],
    }
