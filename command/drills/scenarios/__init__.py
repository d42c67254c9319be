"""Scenarios of drills: those that ship and those written on the page, with every version that was kept."""
