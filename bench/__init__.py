"""Measurements of the product as it runs: `./holdfast bench NAME` calls the module of that name."""
