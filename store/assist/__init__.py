"""Suggestions that bots made to agents, and the packs that their figures are counted from."""
