"""Alerts as they are kept: rules made on a page, what was set off, and what is to be told outside."""
