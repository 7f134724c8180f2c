"""Findings, and the remedies that are tried before anybody commits."""
