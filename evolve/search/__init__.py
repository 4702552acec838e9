"""The search: ask for candidates, tell what was measured of them.

- `search`: the state machine, `Search`; `search_settings`: what it is made of
- `individual`, `objectives`: who is compared, and by what
- `toolbox`: its operators by name, DEAP's toolbox, in which users register their own
- `sources`: where candidates come from, by name
- `island_search`: a run that is many searches side by side, which exchange their best
- `tournament`: a run that is many searches, in rounds
- `cma_es`: CMA-ES, the same to the last bit on every processor
- `selection`: who survives and who becomes a parent, by name
- `archives`: what is remembered beside the population, by name
- `champion`, `racing`: which network of a front is the best, and which newborn gets no more episodes
- `gain`: when a search last gained something
- `random_streams`: where every random number comes from
"""
