"""The parts of the Routing page, and the routing of one conversation."""
