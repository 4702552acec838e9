"""The commands of `spikevolve`, each in the file of its name; `cli.main` enters them."""
