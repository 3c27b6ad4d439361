"""Where conversations should go by the rules that were in force, where they went, and what is wrong with the rules."""
