"""A simulated contact centre. It speaks Bot Framework activities and nothing else; no person, account or bank in it exists."""
