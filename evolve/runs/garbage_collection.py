"""How often Python looks for garbage while a search runs."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

_OBJECTS = 50_000  # new ones between two looks; some forty generations of a hundred individuals


@contextmanager
def rare_collections() -> Iterator[None]:
    """Have Python look for cyclic garbage seldom, and never among the objects that are there now.

    A search makes a thousand objects in a generation that live for a while and are next to never
    part of a cycle. At Python's usual pace they are walked over twice a generation, and with them
    now and then everything that the imported libraries hold, which takes a tenth of a second.
    """
    usual = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(_OBJECTS, *usual[1:])
    try:
        yield
    finally:
        gc.set_threshold(*usual)
        gc.unfreeze()
