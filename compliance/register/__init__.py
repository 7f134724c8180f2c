"""The register: activities, processors, transfers and what else only people know."""
