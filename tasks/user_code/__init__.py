"""Code of the user: run as a module, and sent along with the objects that it made."""
