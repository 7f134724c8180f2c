"""Decisions: findings, what would mend them, and every duty."""
