"""A run in words: report, status, folds, comparison."""
