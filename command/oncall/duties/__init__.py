"""Who is on duty when: schedules, rotations, calendars, swaps, cover, and what is wrong with them ahead."""
