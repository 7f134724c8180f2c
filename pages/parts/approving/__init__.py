"""Acts that a second person approves: what must be, how to ask, who decides."""
