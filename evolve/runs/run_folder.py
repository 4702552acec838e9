"""Where a run lies if the user does not say: a folder named after its task, its seed and the time."""

import re
from datetime import datetime
from itertools import chain, count
from pathlib import Path

from ...errors import InputError
from .settings import Settings

#: Where Ray keeps the working folder that was submitted with a job; it goes when the job has ended.
_OF_A_JOB = "/runtime_resources/working_dir_files/"


def run_folder(settings: Settings) -> Path:
    """Return the folder of a run that starts now: `out`, else `runs/TASK-SEED-TIME`.

    A number is added where there is one of that second already.

    Raises:
        InputError: It would be in the working folder of a Ray job, which is thrown away.
    """
    folder = _new_folder(settings) if settings.out is None else Path(settings.out)
    if _OF_A_JOB in folder.absolute().as_posix():
        raise InputError(
            f"out is {str(folder)!r}, in the working folder of a Ray job, which is thrown away when the job "
            "has ended: give --out the whole path of a folder that stays, on a disk that all nodes see"
        )
    return folder


def _new_folder(settings: Settings) -> Path:
    task = settings.task.removeprefix("__main__:")  # a class of the script, or of the notebook
    task = re.sub(r"[^A-Za-z0-9_.-]+", "-", Path(task).name)
    seed = f"seeds-{settings.seeds.replace(',', '-')}" if settings.seeds else settings.seed
    folder = Path("runs") / f"{task}-{seed}-{datetime.now():%Y%m%d-%H%M%S}"
    others = (folder.with_name(f"{folder.name}-{number}") for number in count(2))
    return next(place for place in chain([folder], others) if not place.exists())
