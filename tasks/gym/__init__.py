"""Any gymnasium environment as a task, by its id: `gym:LunarLander-v3`."""

GYM = "gym:"  # with which the names of these tasks begin
