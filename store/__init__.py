"""The one database of the product: its tables, its SQL, its change feed. Ingest and metrics stand on it; it imports neither."""
