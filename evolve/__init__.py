"""How networks get better: the search, where networks are evaluated, and everything that evaluates them.

- `search`: ask for candidates, tell what was measured of them; the only door to DEAP
- `evaluation`: networks expressed and evaluated on a task
- `engines`: where networks are evaluated: threads, or Ray, to which `engines.ray` is the only door
- `runs`: a run from its settings to its end
- `networks`: what a run found: champions, data frames, estimators; networks evaluated, followed back, taken apart
"""
