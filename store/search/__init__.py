"""The full-text index: what is put into it, and what it is asked."""
