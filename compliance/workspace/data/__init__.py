"""Datasets: in, described, labelled, kept elsewhere; texts and images."""
