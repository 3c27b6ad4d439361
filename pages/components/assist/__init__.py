"""The Smart assist page: suggestions to agents, what became of them, and conversations with and without."""
