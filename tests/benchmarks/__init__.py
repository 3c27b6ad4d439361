"""How fast the product is, measured beside what it cannot do without: `python -m tests.benchmarks`. See docs/speed.md."""
