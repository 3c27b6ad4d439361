"""History: what its pages ask of a long past, the database it is kept in, and what reads and writes beside it."""
