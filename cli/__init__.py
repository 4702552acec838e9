"""The commands: thin, each a few lines over the library.

Modules that take long to import are imported inside the functions that need them, so that
``spikevolve --help`` answers at once.
"""
