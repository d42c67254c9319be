"""The programme of drills: which are required how often, series by rule, single ones planned, and what begins when it is due."""
