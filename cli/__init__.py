"""The command line: thin, each command a few lines over the library.

`commands/` has a file for each command; beside it lies what they share:

- `main`: the application, and which commands it has.
- `options`: arguments and options that several commands take, those of all settings among them.
- `config`: what is set by a TOML file and by options.
- `stoppable_run`, `signals`, `progress`: work that is watched, stopped by a signal, and reported.
- `exit_status`: what a command says, and leaves with, when something goes wrong.
- `text_file`: texts that the user names.

Modules that take long to import are imported inside the functions that need them, so that
`spikevolve --help` answers at once.
"""

from ..errors import MachineError

try:
    from .. import posix as posix  # before a command imports what the system lacks
except MachineError as error:
    raise SystemExit(f"Error: {error}") from None
