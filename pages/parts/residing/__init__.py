"""What Residency shows: the map, the movements with their verdicts, the check of a new one."""
