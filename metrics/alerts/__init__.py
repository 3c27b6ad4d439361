"""Alerts: rules as data, the states of what they watch, and one evaluation for the present and the past."""
