"""The Reports page in parts: what a report is about, those that were built, checking one."""
