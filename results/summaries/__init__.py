"""A run in words and numbers, from its folder alone.

- `run_report`: what a run has found: its champion and its Pareto front, as plain values
- `report_page`: the same as a page for people; `page`: text and tables as plain text or Markdown
- `front_rows`: the networks of a front that matter; `hypervolume`: how far a front has come
- `intervals`: how far the score of a finite test may be off
- `study_report`: what the runs of a study have found, averaged
- `runs_overview`: the runs below a folder, a row for each
- `compared_runs`: groups of runs as a user names them, read; `comparison`: compared; `group_statistics`: medians, intervals, tests, effect sizes
- `joined_tables`: tables of several runs put together, by columns and rows
- `row_filter`: the expressions of `--where`, read and evaluated
- `lineage`: the ancestors of a network; which operators and sources made improvements
- `rows_as_text`: rows as Markdown, CSV or JSON
- `run_status`: how far a run is, and whether its process lives
- `neuron_names`: what the inputs and outputs of a network are called
- `run_names`: what the scores and the objectives of a run are called; numbers and tables as text
"""
