"""Incidents that are parts of another: one picture, several commanders."""
