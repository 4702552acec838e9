"""Networks that are stored: in files, whatever their format, and in run folders."""

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ...errors import InputError
from ...genomes import Genome, Profile, express
from ...genomes.text import FORMAT as GENOME
from ...genomes.text import from_text
from ...posix import read_regular
from ...results.store.folder import read_commit, read_manifest
from ...results.store.reader import read_table
from ...results.summaries.neuron_names import input_names, output_names
from ...sim.formats.json_text import parse, shown
from ...sim.formats.network_json import FORMAT as NETWORK
from ...sim.formats.network_json import SCHEMA as NETWORK_SCHEMA
from ...sim.formats.network_json import read_network
from ...sim.formats.risp_json import read_risp
from ...sim.network import Network, labels
from ...sim.risp_processor import RispSettings
from ...tasks.data_settings import CUT_BY, WANTED_BY
from .stored_genomes import profile_of, read_genomes


class NetworkFile(NamedTuple):
    """What a file holds.

    Attributes:
        network: A genome is expressed.
        labels: (neurons,) names: those that RISP's file has, those of the task, else `i0`, `h0`, `o0`, ….
        risp: How spikes become charges, for RISP's JSON.
        task: What the file says of the task that the network is for; nothing is known of the values.
        inherited: The genome and its profile, of a file with a genome.
        id: The individual's, of a file with a champion; else empty.
    """

    network: Network
    labels: tuple[str, ...]
    risp: RispSettings | None
    task: Mapping[str, Any] = MappingProxyType({})
    inherited: tuple[Genome, Profile] | None = None
    id: str = ""


#: Of files with a champion: a network and the task that it is for, both checked when it is used.
CHAMPION = "spikevolve champion"
CHAMPION_SCHEMA = 1


def network_from_text(text: str, source_name: str) -> NetworkFile:
    """Read a network; what the text says decides how.

    Args:
        text: JSON of a champion, of a genome, of a network, or RISP's.
        source_name: Name of the file, for messages.

    Raises:
        InputError: Naming the file, what is wrong in it and what is allowed.
    """
    try:
        document = parse(text)
        if "Nodes" in document and "Edges" in document:
            return _risp_file(document)
        task = _table(document.get("task"))
        if document.get("format") == NETWORK:
            return _named(read_network(document), task)
        if document.get("format") == CHAMPION:
            return _champion_file(document, task)
        if document.get("format") != GENOME:
            raise InputError(
                f'this is no network; it must be JSON with "format": "{GENOME}", "{NETWORK}" or '
                f'"{CHAMPION}", or RISP\'s with "Nodes" and "Edges"'
            )
    except InputError as error:
        raise InputError(f"{source_name}: {error}") from None
    genome, profile = from_text(text, source_name)
    return _named(express(genome, profile), task)._replace(inherited=(genome, profile))


def read_network_file(path: Path) -> NetworkFile:
    """Read a file with a network, in any format.

    Raises:
        InputError: It cannot be read, or is no network.
    """
    try:
        text = read_regular(path, links=True).decode("utf-8-sig")
    except FileNotFoundError:
        raise InputError(f"{path}: there is no such file or run folder") from None
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise InputError(f"{path} is no network: it is not a text file in UTF-8") from None
    return network_from_text(text, str(path))


def _champion_file(document: Mapping[str, Any], task: Mapping[str, Any]) -> NetworkFile:
    schema = document.get("schema")
    if schema != CHAMPION_SCHEMA or isinstance(schema, bool):
        raise InputError(
            f"schema is {shown(schema)}, but this version of spikevolve reads {CHAMPION_SCHEMA}: read "
            "it with the version that wrote it, or a newer one"
        )
    if not task:
        raise InputError("task must be an object that says what the champion is for")
    inner = {key: value for key, value in document.items() if key != "id"}
    network = read_network(inner | {"format": NETWORK, "schema": NETWORK_SCHEMA})
    return _named(network, task)._replace(id=str(document.get("id", "")))


def _risp_file(document: Mapping[str, Any]) -> NetworkFile:
    file = read_risp(document)
    told = _table(_table(document.get("Associated_Data")).get("other")).get("task")
    return NetworkFile(file.network, file.names, file.settings, _table(told))


def _named(network: Network, task: Mapping[str, Any]) -> NetworkFile:
    names = labels(network, output_names(task, network.outputs), input_names(task))
    return NetworkFile(network, names, None, task)


def _table(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def answer_names(task: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the names of classes or actions, as the task has them, if the outputs stand for these."""
    return () if task.get("readout") else _texts(task.get("classes") or task.get("actions"))


def feature_names(task: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the names of features or observations; versions before had those of control only."""
    variables = task.get("variables")
    if "features" not in task and isinstance(variables, list):
        return tuple(str(entry[0]) for entry in variables if isinstance(entry, list) and entry)
    return _texts(task.get("features"))


def _texts(value: object) -> tuple[str, ...]:
    return tuple(map(str, value)) if isinstance(value, list) else ()


class RunGenome(NamedTuple):
    """A genome of a run.

    Attributes:
        id: The individual's.
        genome: What it inherited.
        profile: The hardware that it is valid for.
        outputs: Names of the outputs, where the task has names for them.
        readout: Its readout as in the table of the front; None where it has none.
        task: What the manifest says of the task.
    """

    id: str
    genome: Genome
    profile: Profile
    outputs: tuple[str, ...]
    readout: NDArray[np.float64] | None = None
    task: Mapping[str, Any] = MappingProxyType({})

    @property
    def inputs(self) -> tuple[str, ...]:
        """Names of the inputs, where the task has names for them."""
        return input_names(self.task)


def read_run_genome(folder: Path, individual: str | None = None) -> RunGenome:
    """Read a genome of a run; no code that the folder names is imported.

    Args:
        folder: The run folder.
        individual: Its id, such as `12-7`; the champion if None.

    Raises:
        InputError: Not a run, damaged, or there is no such individual, or its genome is not kept.
    """
    manifest: dict[str, Any] = read_manifest(folder)
    found, genome_hash = _champion(folder) if individual is None else _look_up(folder, individual)
    profile = profile_of(folder, manifest)
    kept = read_genomes(folder, [genome_hash], profile)
    if not kept:
        raise InputError(
            f"{folder} has not kept the genome of {found}: it keeps those of survivors, of the front "
            "and of champions, or all of them if it is run with --genomes all"
        )
    task = manifest["task"] | {"run": _about_run(manifest, folder)}
    readout = _readout(folder, found) if task.get("readout") else None
    genome = kept[genome_hash]
    outputs = output_names(task, genome.outputs)
    return RunGenome(found, genome, profile, outputs, readout, task)


def _about_run(manifest: Mapping[str, Any], folder: Path) -> dict[str, Any]:
    """Return which run it is, what was wanted of its data, and how they were cut."""
    settings = manifest["settings"]
    words = {w: settings.get(w) for w in ("seed", *WANTED_BY, *CUT_BY, "fold")}
    return {"name": manifest.get("run", folder.name)} | words


def front_genomes(folder: Path) -> list[Genome]:
    """Read the genomes of a front: that of the champion first, then the best by training score.

    Raises:
        InputError: Not a run, or damaged.
    """
    front = read_table(folder, "front", ["genome_hash", "champion", "score"])
    order = front.sort_values(["champion", "score"], ascending=False, kind="stable")
    wanted = list(dict.fromkeys(order["genome_hash"]))
    kept = read_genomes(folder, wanted, profile_of(folder, read_manifest(folder)))
    return [kept[found] for found in wanted if found in kept]


def about_no_champion(folder: Path) -> str:
    """Say why a run without a champion has none."""
    if read_commit(folder).search.get("state") == "done":
        return f"{folder} has no champion: no network came above chance"
    return f"{folder} has no champion yet: no network has come above chance so far"


def _champion(folder: Path) -> tuple[str, str]:
    front = read_table(folder, "front", ["id", "genome_hash", "champion"])
    chosen = front[front["champion"]]
    if chosen.empty:
        raise InputError(about_no_champion(folder))
    return str(chosen["id"].iloc[0]), str(chosen["genome_hash"].iloc[0])


def _readout(folder: Path, individual: str) -> NDArray[np.float64] | None:
    front = read_table(folder, "front", ["id", "readout"])
    rows = front.loc[front["id"] == individual, "readout"]
    weights = np.empty(0) if rows.empty else np.asarray(rows.iloc[0], np.float64)
    return weights if weights.size else None


def _look_up(folder: Path, individual: str) -> tuple[str, str]:
    # A champion that was refitted stands in the front alone.
    for table in ("individuals", "front"):
        found = read_table(folder, table, ["id", "genome_hash"])
        rows = found[found["id"] == individual]
        if not rows.empty:
            break
    else:
        raise InputError(
            f"{folder} has no individual {individual!r}; ids are GENERATION-INDEX, such as those "
            "that spikevolve report lists"
        )
    return individual, str(rows["genome_hash"].iloc[0])
