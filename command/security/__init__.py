"""Information security: who may know of a restricted incident, its flow, evidence and custody, and the decision to tell those concerned."""
