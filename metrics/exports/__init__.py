"""Exports: which rows a table has, what its columns mean, and the files they are written to."""
