"""The formats in which networks travel: text to network, network to text. Files are others' concern."""
