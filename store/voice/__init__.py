"""What was spoken in calls as it is stored, and the questions that are asked of it."""
