"""A run from its settings to its end.

Settings:

- `settings`: `Settings`, each declared once, those of the task in `task_settings_of_run`, those of tournaments
  and islands in `settings_of_many_searches`;
  `setting_kinds`: what a setting may be; `run_folder`: where a run lies
- `search_defaults`: settings that suit a task; `presets`: those of published searches
- `learning_defaults`: how networks learn, by what the data are
- `start_from`: networks to start from, made to fit; `start_from_weights`: of a conventional
  network; `match_ends`: inputs and outputs matched by name
- `many_searches`: first networks, how many searches a run is a tournament of, and its islands
- `prepare`: from settings to the parts of a run: task, profile, search, selections

The run:

- `run`: started, resumed, tested; `start_or_resume`: whichever it takes; `provenance`: versions, processor and commit; `studies`: a run for each
  combination of settings of a `grid`, each seed and each fold
- `driver`: the loop that connects search, engine and run folder
- `measure`: a generation, or a front, measured; what the newborn learn before
- `closed_generation`: what was measured told to the search, and its rows of the tables
- `islands_advanced`: islands that go on for some generations at a time; `evolve_island`: what that is for one of them, in a worker
- `run_state`: what the loop reads and writes; limits, progress, notes
- `checkpoint`: the search as plain values, and restored from its folder; `prepared_again`: a run from its manifest
- `tournament_state`, `island_state`: the same of a tournament of searches, and of an island; `state_numbers`: numbers of
  a state, checked
- `stored_networks`: networks of files and of run folders; `stored_genomes`: genomes of a run, checked
- `finish`: the champion, the front on test data, and rows of the tables
- `champion_answers`: what the champion answered on test data, and the interval of its score
- `front_so_far`: the front while the search is on its way, its champion for now
- `new_limits`: other limits for a run that goes on; `changed_versions`: other versions of packages

- `check_task`: a task held to what a search relies on
"""
