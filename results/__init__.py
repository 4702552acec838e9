"""What is kept: the run folder, its tables and its checkpoint."""
