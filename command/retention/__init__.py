"""What is kept how long: the single messages of notices that are over are removed by rule, piece by piece, their figures kept and a
certificate written; what somebody holds stays. The journal is never removed from."""
