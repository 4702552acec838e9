"""A run in words and numbers, from its folder alone.

- `run_report`: what a run has found: its champion and its Pareto front, as plain values
- `report_page`: the same as a page for people; `page`: text and tables as plain text or Markdown
- `front_rows`: the networks of a front that matter; `hypervolume`: how far a front has come
- `intervals`: how far the score of a finite test may be off
- `cross_validation_report`: what the folds of a cross-validation have found
- `run_status`: how far a run is, and whether its process lives
- `neuron_names`: what the inputs and outputs of a network are called
- `run_names`: what the scores and the objectives of a run are called; numbers and tables as text
"""
