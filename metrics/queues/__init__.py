"""Stays in queues where people answer: found in conversations, packed, counted, and asked for."""
