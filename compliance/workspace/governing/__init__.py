"""The law on the real data: the register, the rules, audits, alarms, impact assessments."""
