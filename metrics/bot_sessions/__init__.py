"""Bot sessions, as licences count them: which conversations count, in which month, of what is entitled to."""
