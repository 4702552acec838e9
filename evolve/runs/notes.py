"""What a run says on its way: every sentence in its log, the first ones on the terminal, too."""

import logging
from collections.abc import Callable

from ...results.store.writer import RunWriter

Note = Callable[[str], None]

#: Sentences that reach the terminal; a task that keeps failing would flood it.
SHOWN = 5

logger = logging.getLogger("spikevolve")


def notes(writer: RunWriter) -> Note:
    """Return a function that takes a sentence to the log of a run and to the program's logger."""
    told = 0

    def note(sentence: str) -> None:
        nonlocal told
        writer.log(sentence)
        told += 1
        if told <= SHOWN:
            logger.warning(sentence)
        elif told == SHOWN + 1:
            logger.warning("more of this is in log.txt in %s", writer.folder)

    return note
