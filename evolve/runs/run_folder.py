"""Where a run lies if the user does not say: a folder named after its task, its seed and the time."""

import re
from datetime import datetime
from itertools import chain, count
from pathlib import Path

from .settings import Settings


def run_folder(settings: Settings) -> Path:
    """Return the folder of a run that starts now: `out`, else `runs/TASK-SEED-TIME`.

    A number is added where there is one of that second already.
    """
    if settings.out is not None:
        return Path(settings.out)
    task = settings.task.removeprefix("__main__:")  # a class of the script, or of the notebook
    task = re.sub(r"[^A-Za-z0-9_.-]+", "-", Path(task).name)
    seed = f"seeds-{settings.seeds.replace(',', '-')}" if settings.seeds else settings.seed
    folder = Path("runs") / f"{task}-{seed}-{datetime.now():%Y%m%d-%H%M%S}"
    others = (folder.with_name(f"{folder.name}-{number}") for number in count(2))
    return next(place for place in chain([folder], others) if not place.exists())
