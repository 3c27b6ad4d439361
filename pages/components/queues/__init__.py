"""The parts of the Queues page."""
