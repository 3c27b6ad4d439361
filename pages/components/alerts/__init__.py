"""What pages show of alerts: the bell beside every page's title, and the parts of the Alerts page."""
