"""What the numbers mean: outcomes, sentiment, facts, time series, the catalogue of metrics and the questions pages ask."""
