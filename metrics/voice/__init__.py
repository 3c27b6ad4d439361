"""Calls: who spoke when, silence, overlap and hold; found in conversations, packed, counted, and asked for."""
