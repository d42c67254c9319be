"""Drills: planned by programmes, played on exercise incidents after a scenario, measured and evaluated. None of it can reach the public."""
