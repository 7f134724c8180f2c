"""Consent: how people stand, what may be used, files, withdrawals and purposes."""
