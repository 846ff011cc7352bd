"""Servers of our own, PostgreSQL and Valkey: found, made, started, recovered after a kill, and stopped."""
