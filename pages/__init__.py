"""What is drawn. Page scripts, and the components they share."""
