"""One conversation as it is shown: its transcript, and what stands beside it."""
