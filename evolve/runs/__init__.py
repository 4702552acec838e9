"""A run from its settings to its end: started, driven, kept, resumed, tested."""
