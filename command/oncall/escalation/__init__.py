"""Whom to page when nobody answers: escalation policies, their steps and targets, and their holes."""
