"""Figures: how a clinic's time is used, for its managers, and how the system fares, for its operators."""
