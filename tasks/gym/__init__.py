"""Any gymnasium environment as a task, by its id: ``gym:LunarLander-v3``."""
