"""What customers answer when they are asked how it was: found in conversations, packed, counted, and asked for."""
