"""The tests: unit, contract, integration, pages, browser, and benchmarks."""
