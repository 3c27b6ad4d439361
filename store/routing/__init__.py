"""Routing configurations as data and as they are kept, and escalations with what stood when they were routed."""
