"""The parts of the Surveys page."""
