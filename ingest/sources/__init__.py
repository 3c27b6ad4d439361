"""One module per source of conversations."""
