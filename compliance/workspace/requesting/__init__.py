"""Requests from intake to answer, and who they are about, sealed."""
