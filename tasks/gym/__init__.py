"""Any environment of gymnasium's as a task, by its id: `gym:LunarLander-v3`.

- `gymnasium_task`: `GymnasiumTask`, the task
- `make_environment`: environments by id, and the modules and packages that they are made of
- `spaces`: bounds of observations; decisions of outputs as actions
- `survey`: the trial before a search, for ranges, chance score and guess score
- `gym_episodes`: one network in many environments, window by window
"""

GYM = "gym:"  # with which the names of these tasks begin
