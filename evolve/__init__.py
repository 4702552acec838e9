"""How networks get better: search, selection, archives, evaluators and the driver."""
