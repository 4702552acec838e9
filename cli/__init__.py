"""The command line: thin, each command a few lines over the library.

- `commands`: a file for each command
- `main`: the application, and which commands it has
- `options_from_settings`: arguments and options that several commands take, those of all settings among them
- `config`: what is set by a TOML file and by options; texts that the user names
- `stoppable_run`: work on a run that is watched, can be stopped, and is reported
- `grid_option`: settings with several values, as `sweep` takes them
- `study_work`: the runs of a study, for `sweep` and `resume`; `side_by_side`: each in a process of its own
- `requeue`: a command that stops before its scheduler ends the job
- `output`: what commands have made, printed or written: tables and the data of pictures
- `progress`: the progress of a run, as a live table or as lines
- `exit_status`: what a command says and returns when something goes wrong; signals

Modules that take long to import are imported inside the functions that need them, so that
`spikevolve --help` answers at once.
"""

from ..errors import MachineError

try:
    from .. import posix as posix  # before a command imports what the system lacks
except MachineError as error:
    raise SystemExit(f"Error: {error}") from None
