"""Readers of data files: each gives features and labels, or says in one sentence what is wrong."""
