"""A web shop's table, invented with Faker, and the same table seen by presidio-structured.

Run as a script by the Python of the peer's environment, it reads a CSV file, lets
presidio-structured look at every value with no language model, and prints JSON.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path

PINS = (
    "presidio-structured==0.0.10",
    "presidio-analyzer==2.2.366",
    "presidio-anonymizer==2.2.366",
    "pandas==3.1.1",
    "numpy==2.4.6",
)
ROWS = 5_000


def shop(rows: int = ROWS, seed: int = 20_261_126) -> dict[str, tuple[str, list[str]]]:
    """Per header, the right class and the values; English and Chinese customers side by side."""
    from faker import Faker

    english, chinese = Faker("en_US"), Faker("zh_CN")
    english.seed_instance(seed)
    chinese.seed_instance(seed)
    columns: dict[str, tuple[str, Callable[[], object]]] = {
        "order_id": ("none", lambda: english.bothify("ORD-########")),
        "customer_no": ("direct", lambda: english.random_int(100_000, 999_999)),
        "full_name": ("direct", english.name),
        "email": ("direct", english.ascii_email),
        "phone": ("direct", english.phone_number),
        "dob": ("quasi", lambda: english.date_of_birth(minimum_age=18, maximum_age=90)),
        "ssn": ("direct", english.ssn),
        "address": ("direct", english.street_address),
        "city": ("quasi", english.city),
        "zip": ("quasi", english.postcode),
        "card_no": ("direct", english.credit_card_number),
        "客户姓名": ("direct", chinese.name),
        "身份证": ("direct", chinese.ssn),
        "手机": ("direct", chinese.phone_number),
        "收货地址": ("direct", chinese.address),
        "ip": ("direct", english.ipv4_public),
        "sku": ("none", lambda: english.bothify("??-####").upper()),
        "ean13": ("none", english.ean13),
        "amount": ("none", lambda: f"{english.random_int(100, 99_999) / 100:.2f}"),
        "quantity": ("none", lambda: english.random_int(1, 20)),
        "status": ("none", lambda: english.random_element(("paid", "shipped", "returned"))),
        "colour": ("none", english.color_name),
    }
    return {
        header: (class_, [str(draw()) for _ in range(rows)])
        for header, (class_, draw) in columns.items()
    }


def presidio(path: Path) -> dict[str, object]:
    """What presidio-structured calls each column, and its CPU seconds, imports left out."""
    import pandas as pd
    import tldextract
    from presidio_analyzer import AnalyzerEngine, RecognizerRegistry
    from presidio_analyzer.nlp_engine import NlpEngineProvider
    from presidio_structured import PandasAnalysisBuilder

    model = {"nlp_engine_name": "no_op", "models": [{"lang_code": "en", "model_name": "no_op"}]}
    nlp = NlpEngineProvider(nlp_configuration=model).create_engine()
    registry = RecognizerRegistry(supported_languages=["en"])
    registry.load_predefined_recognizers(languages=["en"])
    registry.recognizers = [r for r in registry.recognizers if "Spacy" not in r.name]
    analyzer = AnalyzerEngine(nlp_engine=nlp, registry=registry, supported_languages=["en"])
    # It would ask the network for a list of domains and go on with its own without one.
    tldextract.extract = tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None)
    frame = pd.read_csv(path, dtype=str)
    began = time.process_time()
    found = PandasAnalysisBuilder(analyzer=analyzer, analyzer_score_threshold=0.4)
    analysis = found.generate_analysis(frame, language="en")
    return {
        "seconds": time.process_time() - began,
        "entities": dict(analysis.entity_mapping),
        "values": int(frame.size),
    }


if __name__ == "__main__":
    json.dump(presidio(Path(sys.argv[1])), sys.stdout)
