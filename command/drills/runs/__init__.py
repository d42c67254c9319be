"""The run of a drill: begun, put to its players inject by inject in exercise time, watched, paused, stopped and ended."""
