"""What builds the documentation as a site: pages from code, links from the repository."""
