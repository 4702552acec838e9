"""Signatures of a compiled environment's two functions, `OBSERVE` and `STEP`, for the loop of episodes.

States of many episodes lie side by side, (state variables, lanes); the lanes in use are the first.
Both functions work on all of them at once and on each alone, so that what becomes of an episode
does not depend on its neighbours. They must not touch lanes beyond those in use.

- `observe(settings, states, lanes, observations)` fills (observed variables, lanes) from the
  states: at the start of an episode and after every step.
- `step(settings, states, actions, lanes, rewards, terminated)` advances the states by one step.

`settings` are the environment's own constants, as it numbers them. Actions are numbers of
outputs; a continuous action is one of a row of values in the settings. The limit of steps of an
episode is the loop's, not the environment's.
"""

from typing import Any

from numba import types

from ...sim.compile import reads, writes

OBSERVE: Any = types.void(
    reads(types.float64),  # settings
    reads(types.float64, 2),  # states: (state variables, lanes)
    types.int64,  # lanes in use
    writes(types.float64, 2),  # observations: (observed variables, lanes)
)
STEP: Any = types.void(
    reads(types.float64),  # settings
    writes(types.float64, 2),  # states: (state variables, lanes)
    reads(types.int32),  # actions: (lanes,)
    types.int64,  # lanes in use
    writes(types.float64),  # rewards: (lanes,)
    writes(types.boolean),  # terminated: (lanes,)
)
