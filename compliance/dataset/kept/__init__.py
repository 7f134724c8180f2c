"""Tables that stay where they are: reached through an engine that computes there.

* `places`: what was typed to a `Place`, and the addresses that the settings name.
* `engines`: opens a place, tells what lies there, and computes on it (loads ibis).
* `cells`: the cells of such a table, written alike on every engine (loads ibis).
* `sampling`: rows of it, chosen by their content, few enough for memory (loads ibis).
"""
