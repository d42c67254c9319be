"""The pages of drills: the list, planning one, the trainer's console, the player's page, and what is real."""
