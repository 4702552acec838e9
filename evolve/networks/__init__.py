"""What a run found.

- `champion`: `Champion`, a network that predicts or acts, from a run, a file or a genome
- `champion_task`: how it is shown samples or observations, and how its answers are read
- `responses`: what a network does on samples, sample by sample
- `policy`: it acts in a loop, its state carried on
- `sample_columns`: the samples that a user hands to it, columns matched by name
- `run_and_resume`: `run` and `resume`, for scripts and notebooks
- `stored_run`: `Run`, a run folder as data frames; `load`, and `load_all` for a study
- `own_loop`: individuals of a `Search` measured, in a loop of one's own
- `estimators`: `SpikingClassifier` and `SpikingRegressor`, for scikit-learn
- `replay`: what a network of a run does on a sample
- `evaluate_network`: any network that fits a task, scored on what is held out
- `encode_sample`: what networks receive for one sample
- `ablation`: what each part of a network matters; `robustness`: what disturbances it bears;
  `edited_networks`: networks with parts left out or changed, measured anew
- `lineage`: the ancestors of a network, and what each step changed
- `network_files`: files with a network of a run, in each format
"""
