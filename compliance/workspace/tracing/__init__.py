"""One person looked for everywhere."""
