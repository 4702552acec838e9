"""The toolbox of a search, DEAP's: its operators by name, each to be replaced by one's own.

    search.toolbox.register("mutate", my_mutation)

| name | called with | returns |
| --- | --- | --- |
| `genome` | rng | a random genome |
| `mate` | two genomes, rng=… | their child, a genome |
| `mutate` | genome, rng=… | a genome, and a tuple with the names of what was done |
| `select` | population, count, cases=…, rng=… | parents, so many, as often each as one likes |
| `rank` | individuals | nothing; writes rank and crowding distance of each |
| `survive` | ranked individuals, count, rng=… | those that live on, none twice |
| `archive` | members, candidates | the members from now on |

Operators take genomes rather than individuals, and change none: a genome is immutable. All chance comes from
`rng`, a `numpy.random.Generator`. Genomes that operators of one's own make are checked.
"""

from deap.base import Toolbox

from ...errors import InputError
from ...genomes import Genome, crossover, mutate, random_genome, validate
from .search_settings import SearchSettings

#: What makes genomes when a user has registered nothing.
_USUAL = {"genome": random_genome, "mate": crossover, "mutate": mutate}


def search_toolbox(settings: SearchSettings) -> Toolbox:
    """Return a toolbox with what the settings ask for."""
    s, toolbox = settings, Toolbox()
    toolbox.register("genome", random_genome, s.inputs, s.outputs, s.profile, s.initial)
    toolbox.register("mate", crossover, profile=s.profile)
    toolbox.register("mutate", mutate, profile=s.profile, rates=s.rates, extra=s.mutations)
    toolbox.register("select", s.parents.select)
    toolbox.register("rank", s.selection.rank, objectives=s.objectives)
    toolbox.register("survive", s.selection.select, objectives=s.objectives)
    toolbox.register("archive", s.archive.update)
    return toolbox


def check_made(toolbox: Toolbox, name: str, made: object, settings: SearchSettings) -> None:
    """Check a genome that an operator of the user's has made; ours make valid ones.

    Args:
        toolbox: Where the operator is registered.
        name: Its name there.
        made: What it returned.
        settings: Those of the search.

    Raises:
        InputError: It is no genome, not valid for the profile, or has other inputs and outputs.
    """
    if getattr(toolbox, name).func is _USUAL[name]:
        return
    where = f"the operator {name!r} of the toolbox"
    if not isinstance(made, Genome):
        raise InputError(f"{where} must return a Genome (got {type(made).__name__})")
    if (made.inputs, made.outputs) != (settings.inputs, settings.outputs):
        raise InputError(
            f"{where} returned a genome of {made.inputs} inputs and {made.outputs} outputs; the search "
            f"has {settings.inputs} and {settings.outputs}"
        )
    try:
        validate(made, settings.profile)
    except InputError as error:
        raise InputError(f"{where}: {error}") from None
