"""Routing configuration from files: TOML, JSON or CSV, checked as a whole before anything of it holds."""
