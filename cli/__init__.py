"""The commands: thin, each a few lines over the library.

Modules that take long to import are imported inside the functions that need them, so that
`spikevolve --help` answers at once.
"""

from ..errors import MachineError

try:
    from .. import posix as posix  # before a command imports what the system lacks
except MachineError as error:
    raise SystemExit(f"Error: {error}") from None
