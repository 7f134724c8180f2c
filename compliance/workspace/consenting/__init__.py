"""Who agreed to what, and which wishes bar rows from a use."""
