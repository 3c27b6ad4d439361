"""Alerts of the floor as it is: rules evaluated as conversations change, kept, shown to every page, handed over to be told."""
