"""Thin adapters to what lies outside the rules: servers, cache, mail, files, sealing, limits, logs, metrics."""
