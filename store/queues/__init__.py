"""Stays in queues as they are stored, and the questions that are asked of them."""
