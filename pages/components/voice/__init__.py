"""The parts of the Voice page, and the strip of one call."""
