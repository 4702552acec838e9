"""A run that is many searches: rounds of short ones, the best of which go on, are polished and pruned.

- `search_tournament`: the state machine, `SearchTournament`, which is asked and told as a search is
- `settings`: how many searches, of which sources, and how long
- `searches`: one search of a tournament: a population, or CMA-ES over the numbers of one topology
- `direct`: one among networks of inputs and outputs alone
- `stages`: what tells candidates apart, and which synapses a network can do without
"""
