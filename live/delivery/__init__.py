"""Telling people outside that an alert has fired: e-mail, Teams, Slack, and webhooks of their own."""
