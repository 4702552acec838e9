"""Hardware profiles: what every number of a genome may be on a chip."""
