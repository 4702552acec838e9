"""Tasks with environments: episodes, compiled or in plain Python, in which a network acts."""
