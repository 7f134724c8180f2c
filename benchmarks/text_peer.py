"""Presidio's analyser without a model, in an environment of its own; started by text.py.

    python benchmarks/text_peer.py < TEXTS.json

reads a list of texts and writes {"seconds": CPU seconds, "found": [[[start, end, entity], ...]]}.
A pipeline of spaCy without any model stands in for one, so that words of context count.
"""

from __future__ import annotations

import json
import sys
import time

THRESHOLD = 0.4


def main() -> None:
    """Analyse what stands on standard input."""
    import spacy
    from presidio_analyzer import AnalyzerEngine
    from presidio_analyzer.nlp_engine import SpacyNlpEngine

    class Blank(SpacyNlpEngine):
        def __init__(self) -> None:
            super().__init__()
            self.nlp = {"en": spacy.blank("en")}

    engine = AnalyzerEngine(nlp_engine=Blank(), default_score_threshold=THRESHOLD)
    texts = json.load(sys.stdin)
    engine.analyze("warm 1@a.de", language="en")
    begun = time.process_time()
    found = [
        [(r.start, r.end, r.entity_type) for r in engine.analyze(text, language="en")]
        for text in texts
    ]
    json.dump({"seconds": time.process_time() - begun, "found": found}, sys.stdout)


if __name__ == "__main__":
    main()
