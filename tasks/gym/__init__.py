"""Any environment of gymnasium's as a task, by its id: `gym:LunarLander-v3`.

- `gymnasium_task`: `GymnasiumTask`, the task
- `make_environment`: environments by id, and the modules and packages that they are made of
- `wrappers`: wrappers around them, gymnasium's or the user's own
- `space_forms`: observations as vectors and numbers as actions, without gymnasium
- `spaces`: gymnasium's spaces as such forms, their bounds, and which are refused
- `actions`: decisions of outputs as actions
- `played_environment`: an environment as episodes play it, held to gymnasium's contract
- `survey`: the trial before a search, for ranges, chance score and guess score
- `gym_episodes`: one network in many environments, window by window
"""

GYM = "gym:"  # with which the names of these tasks begin
