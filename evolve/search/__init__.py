"""The search: ask for candidates, tell what was measured of them.

- `search`: the state machine, `Search`; `settings`: what it is made of
- `individual`, `objectives`, `dominance`: who is compared, by what, and how
- `selection/`: who survives and who becomes a parent; `archives/`: what is remembered beside the
  population; `sources/`: where candidates come from; each by name
- `champion`, `racing`: which network of a front is the best, and which newborn gets no more episodes
- `random_streams`: where every random number comes from
"""
