"""The sections of the audit report: each turns evidence into plain values for the template."""
