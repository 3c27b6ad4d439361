"""What bots suggest to agents (smart assist): found in conversations, packed, counted, compared, and asked for."""
