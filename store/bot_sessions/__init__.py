"""Bot sessions as they are counted and listed."""
