"""Phone drills: a group is called as a page would call it, at a set time, and who answers after how long is kept."""
