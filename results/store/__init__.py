"""The run folder: its tables and its checkpoint, written by one process and read by any.

- `schema`: the tables: every column with its type, unit and meaning; rows on their way into one
- `folder`: where each file lies; `run.json`, `state.json`, and their version
- `manifest`: what the fields of `run.json` may be
- `writer`: `create_run`, `open_run` and the `RunWriter`: rows in, blocks out, `state.json` last
- `reader`: `read_table` for data frames, `read_arrow` for Arrow tables; whether two runs are the same
- `older_tables`: tables of older versions under the names of today
- `study`: the folder of a study, with a run folder for each seed and fold; runs found by a pattern
- `atomic_files`: files that are whole at any moment
- `lock`: one writer at a time, also of several machines that share a disk
"""
