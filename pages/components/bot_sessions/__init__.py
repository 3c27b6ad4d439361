"""The parts of the Bot sessions page."""
