"""Genomes that a run folder keeps, checked: what is simulated or bred from is what was written."""

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from ...errors import InputError
from ...genomes import Genome, Profile, genome_from_columns, validate
from ...results.store.folder import MANIFEST, STATE
from ...results.store.reader import read_table


def profile_of(folder: Path, manifest: Mapping[str, Any]) -> Profile:
    """Return the hardware profile of a run.

    Args:
        folder: The run folder, for messages.
        manifest: What its `run.json` says.

    Raises:
        InputError: It is no profile; names the file and the key.
    """
    try:
        return Profile.from_json(manifest.get("profile"))
    except InputError as error:
        raise InputError(f"{folder / MANIFEST} is damaged: {error}") from error


def read_genomes(folder: Path, hashes: Collection[str], profile: Profile) -> dict[str, Genome]:
    """Return genomes of a run by their hashes; those that it has not kept are missing.

    Args:
        folder: The run folder.
        hashes: Of the genomes.
        profile: That of the run.

    Raises:
        InputError: Not a run folder, damaged, or a genome is not valid for the profile or not the one
            that its hash names.
    """
    found: dict[str, Genome] = {}
    for row in read_table(folder, "genomes", hashes=hashes).to_dict("records"):
        name = str(row["genome_hash"])
        genome = _checked(row, profile, f"{folder} is damaged: genome {name}")
        if genome.content_hash != name:
            raise InputError(
                f"{folder} is damaged: genome {name} is not what was written (its hash is "
                f"{genome.content_hash})"
            )
        found[name] = genome
    return found


def genome_in_state(columns: Any, profile: Profile, folder: Path) -> Genome:
    """Return a genome that `state.json` holds.

    Args:
        columns: As `genome_columns` returns them, in lists.
        profile: That of the run.
        folder: The run folder, for messages.

    Raises:
        InputError: It is not a genome that is valid for the profile.
    """
    return _checked(columns, profile, f"{folder / STATE} is damaged: a genome")


def _checked(columns: Any, profile: Profile, where: str) -> Genome:
    try:
        with np.errstate(all="ignore"):  # of numbers beyond all bounds, which `validate` refuses
            genome = genome_from_columns(columns)
    except (ValueError, TypeError, LookupError, OverflowError) as error:
        raise InputError(f"{where} cannot be read") from error
    try:
        validate(genome, profile)
    except InputError as error:
        raise InputError(f"{where} is not valid: {error}") from error
    return genome
