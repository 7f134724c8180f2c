"""What discovery makes of single columns and whole tables."""

from __future__ import annotations

from collections.abc import Sequence

import discovery_cases as cases
import pytest
from discovery_cases import label_of, labels_of, repeated

KEY = {"customer_id": cases.KEYS}
ORIGINS = ["Czech", "French", "Polish", "Dutch", "American"]

HEADERS_BY_LANGUAGE = [
    ("en", "Customer ID", cases.KEYS, "customer_id", "direct"),
    ("en", "custid", cases.KEYS, "customer_id", "direct"),
    ("en", "CUSTOMER_FULL_NAME", cases.FULL, "person_name", "direct"),
    ("en", "firstName", cases.GIVEN, "given_name", "direct"),
    ("en", "e-mail", cases.EMAILS, "email", "direct"),
    ("en", "mobile.no", cases.PHONES, "phone", "direct"),
    ("en", "phone", cases.US_PHONES, "phone", "direct"),
    ("en", "street", cases.STREETS, "street_address", "direct"),
    ("en", "ZIP code", cases.POSTCODES, "postal_code", "quasi"),
    ("en", "date of birth", cases.DATES, "birth_date", "quasi"),
    ("en", "marital-status", ["married", "single", "divorced"], "marital_status", "quasi"),
    ("en", "native country", cases.COUNTRIES, "country_of_birth", "quasi"),
    ("en", "ordered_at", cases.MOMENTS, "timestamp", "quasi"),
    ("en", "annual income", [10_000, 32_000, 45_500], "income", "sensitive"),
    ("en", "disease", ["asthma", "diabetes", "influenza"], "health_condition", "sensitive"),
    ("en", "review text", cases.REVIEWS, "review_text", "sensitive"),
    ("en", "invoice no", cases.KEYS, "order_id", "none"),
    ("en", "unit price", cases.AMOUNTS, "money_amount", "none"),
    ("en", "qty", cases.COUNTS, "quantity", "none"),
    ("de", "Kundennummer", cases.KEYS, "customer_id", "direct"),
    ("de", "Vorname", cases.GIVEN, "given_name", "direct"),
    ("de", "Straße", ["Bahnhofstraße 3", "Am Markt 17", "Ringweg 8"], "street_address", "direct"),
    ("de", "Geburtsdatum", cases.DATES, "birth_date", "quasi"),
    ("de", "Geschlecht", ["männlich", "weiblich"], "gender", "quasi"),
    ("de", "PLZ", cases.POSTCODES, "postal_code", "quasi"),
    ("de", "Einkommen", [1_500, 2_800, 3_100], "income", "sensitive"),
    ("de", "Bestellnummer", cases.KEYS, "order_id", "none"),
    ("de", "Menge", cases.COUNTS, "quantity", "none"),
    ("fr", "Numéro de client", cases.KEYS, "customer_id", "direct"),
    ("fr", "Nom de famille", cases.FAMILY, "family_name", "direct"),
    (
        "fr",
        "adresse",
        ["3 rue de Lille", "17 chemin Vert", "8 quai Nord"],
        "street_address",
        "direct",
    ),
    ("fr", "date de naissance", cases.DATES, "birth_date", "quasi"),
    ("fr", "ville", cases.CITIES, "city", "quasi"),
    ("fr", "date_commande", cases.RECENT, "date", "quasi"),
    ("fr", "prix unitaire", cases.AMOUNTS, "money_amount", "none"),
    ("es", "id_cliente", cases.KEYS, "customer_id", "direct"),
    ("es", "apellidos", cases.FAMILY, "family_name", "direct"),
    ("es", "correo electrónico", cases.EMAILS, "email", "direct"),
    ("es", "edad", cases.AGES, "age", "quasi"),
    ("es", "profesión", ["ingeniero", "médico", "abogado"], "occupation", "quasi"),
    ("es", "cantidad", cases.COUNTS, "quantity", "none"),
    ("it", "codice cliente", cases.KEYS, "customer_id", "direct"),
    ("it", "cognome", cases.FAMILY, "family_name", "direct"),
    ("it", "sesso", ["maschio", "femmina"], "gender", "quasi"),
    ("it", "stato civile", ["celibe", "nubile", "coniugato"], "marital_status", "quasi"),
    ("it", "prezzo", cases.AMOUNTS, "money_amount", "none"),
    ("pt", "código do cliente", cases.KEYS, "customer_id", "direct"),
    ("pt", "telefone", cases.PHONES, "phone", "direct"),
    ("pt", "data de nascimento", cases.DATES, "birth_date", "quasi"),
    ("pt", "cidade", cases.CITIES, "city", "quasi"),
    ("pt", "quantidade", cases.COUNTS, "quantity", "none"),
    ("zh", "会员编号", cases.KEYS, "customer_id", "direct"),
    ("zh", "姓名", ["王伟", "李娜", "张敏", "刘洋", "陈杰", "欧阳娜"], "person_name", "direct"),
    ("zh", "手机号", cases.MOBILES, "phone", "direct"),
    ("zh", "身份证号", cases.chinese_ids(), "national_id", "direct"),
    ("zh", "收货地址", ["上海市世纪大道100号", "北京市建国路8号"], "street_address", "direct"),
    ("zh", "性别", ["男", "女"], "gender", "quasi"),
    ("zh", "年龄", cases.AGES, "age", "quasi"),
    ("zh", "下单时间", cases.MOMENTS, "timestamp", "quasi"),
    ("zh", "月收入", [5_000, 12_000, 30_000], "income", "sensitive"),
    ("zh", "商品名称", ["蓝色马克杯", "羊毛围巾"], "product_name", "none"),
    ("zh", "实付金额", cases.AMOUNTS, "money_amount", "none"),
    ("ja", "氏名", ["佐藤太郎", "鈴木花子", "高橋健一"], "person_name", "direct"),
    ("ja", "メールアドレス", cases.EMAILS, "email", "direct"),
    ("ja", "生年月日", cases.DATES, "birth_date", "quasi"),
    ("ja", "職業", ["会社員", "教師", "医師"], "occupation", "quasi"),
    ("ja", "数量", cases.COUNTS, "quantity", "none"),
    ("ko", "고객명", ["김민준", "이서연", "박지훈"], "person_name", "direct"),
    ("ko", "휴대폰", [f"010-{1000 + n}-{2000 + n}" for n in cases.NUMBERS], "phone", "direct"),
    ("ko", "생년월일", cases.DATES, "birth_date", "quasi"),
    ("ko", "소득", [2_000, 3_500, 4_100], "income", "sensitive"),
    ("ko", "수량", cases.COUNTS, "quantity", "none"),
]


@pytest.mark.parametrize(
    ("header", "values", "semantic_type", "identifier_class"),
    [row[1:] for row in HEADERS_BY_LANGUAGE],
    ids=[f"{row[0]} {row[1]}" for row in HEADERS_BY_LANGUAGE],
)
def test_headers_of_nine_languages_are_understood(
    header: str, values: Sequence[object], semantic_type: str, identifier_class: str
) -> None:
    label = label_of(header, values, **KEY)

    assert (label.semantic_type, label.identifier_class) == (semantic_type, identifier_class)


WITHOUT_HEADER = [
    ("e-mail addresses", cases.EMAILS, "email", "direct"),
    ("phone numbers with country code", cases.PHONES, "phone", "direct"),
    ("phone numbers of one country", cases.US_PHONES, "phone", "direct"),
    ("Chinese mobile numbers", cases.MOBILES, "phone", "direct"),
    ("card numbers", cases.CARDS, "credit_card", "direct"),
    ("IBANs", cases.IBANS, "iban", "direct"),
    ("IP addresses", cases.IPS, "ip_address", "direct"),
    ("Chinese identity numbers", cases.chinese_ids(), "national_id", "direct"),
    ("full names", cases.FULL, "person_name", "direct"),
    ("Chinese names", ["王伟", "李娜", "张敏", "刘洋", "陈杰"], "person_name", "direct"),
    ("street addresses", cases.STREETS, "street_address", "direct"),
    ("licence plates", ["京A12345", "沪B3C45D", "粤C98765"], "licence_plate", "direct"),
    ("countries", cases.COUNTRIES, "country", "quasi"),
    ("genders", ["female", "male"], "gender", "quasi"),
    ("positions", ["52.520, 13.405", "48.857, 2.352", "41.903, 12.496"], "coordinates", "quasi"),
    ("texts about oneself", cases.REVIEWS, "free_text", "sensitive"),
    ("web addresses", cases.URLS, "url", "none"),
    ("article numbers", ["4006381333931", "5901234123457", "9780306406157",
                         "4012345678901", "8711253001202"], "product_id", "none"),
    ("whole numbers", [900_000_001 + 13 * n for n in cases.NUMBERS], "number", "none"),
    ("order numbers of eleven digits in a row", [13_800_000_001 + n for n in cases.NUMBERS],
     "row_number", "none"),
    ("versions", ["1.2.3.4", "1.2.3.5", "2.0.0.1", "2.1.0.0"], "category", "none"),
    ("dates that nothing explains", cases.RECENT, "date", "none"),
    ("shares", ["0.25", "0.5", "0.75"], "ratio", "none"),
    ("yes and no", ["yes", "no"], "boolean", "none"),
    ("colours", ["red", "green", "white", "black"], "category", "none"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("values", "semantic_type", "identifier_class"),
    [row[1:] for row in WITHOUT_HEADER],
    ids=[row[0] for row in WITHOUT_HEADER],
)
def test_columns_without_header_are_judged_by_their_values(
    values: Sequence[object], semantic_type: str, identifier_class: str
) -> None:
    label = label_of("column_1", values)

    assert (label.semantic_type, label.identifier_class) == (semantic_type, identifier_class)


LYING_HEADERS = [
    ("a channel named contact", "contact", ["telephone", "cellular"], "contact_channel", "none"),
    ("a channel named phone", "phone", ["telephone", "cellular"], "category", "none"),
    ("a phone service, yes or no", "PhoneService", ["yes", "no"], "boolean", "none"),
    ("consent named e-mail", "email", ["yes", "no"], "boolean", "none"),
    ("e-mail addresses named name", "name", cases.EMAILS, "email", "direct"),
    ("card numbers named notes", "notes", cases.CARDS, "credit_card", "direct"),
    ("IBANs named reference", "order no", cases.IBANS, "iban", "direct"),
    ("IP addresses named address", "address", cases.IPS, "ip_address", "direct"),
    ("identity numbers named code", "product code", cases.chinese_ids(), "national_id", "direct"),
    ("states of an order named state", "state", ["pending", "shipped", "paid"], "category", "none"),
    ("phone numbers named contact", "contact", cases.PHONES, "phone", "direct"),
    ("people named contact", "contact", cases.FULL, "person_name", "direct"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("header", "values", "semantic_type", "identifier_class"),
    [row[1:] for row in LYING_HEADERS],
    ids=[row[0] for row in LYING_HEADERS],
)
def test_values_win_over_a_header_that_lies(
    header: str, values: Sequence[object], semantic_type: str, identifier_class: str
) -> None:
    label = label_of(header, values)

    assert (label.semantic_type, label.identifier_class) == (semantic_type, identifier_class)


def test_disagreement_of_header_and_values_is_said() -> None:
    phone = label_of("phone", ["telephone", "cellular"])
    code = label_of("product code", cases.chinese_ids())

    assert phone.evidence[0] == (
        "Header and values disagree: the header says “phone”, "
        "but there are only 2 different values."
    )
    assert code.evidence[0].startswith("Header and values disagree: the header says “product code”")


def test_broken_checksums_are_no_identity_numbers_without_a_header() -> None:
    broken = [f"{id_[:-1]}{'1' if id_[-1] != '1' else '2'}" for id_ in cases.chinese_ids()]

    assert label_of("column_1", broken).identifier_class == "none"
    assert label_of("身份证号", broken).identifier_class == "direct"


def test_values_that_chance_would_pass_need_a_header() -> None:
    """One in eleven nine-digit numbers is a valid Dutch number, so the values alone say nothing."""
    dutch = [str(n) for n in range(100_000_000, 100_020_000) if _is_dutch(str(n))][: cases.ROWS]

    assert label_of("column_1", dutch).identifier_class == "none"
    assert label_of("bsn", dutch).semantic_type == "national_id"


def _is_dutch(number: str) -> bool:
    weights = (9, 8, 7, 6, 5, 4, 3, 2, -1)
    return sum(int(d) * w for d, w in zip(number, weights, strict=True)) % 11 == 0


def test_a_few_addresses_among_other_values_are_not_overlooked() -> None:
    mixed = [*cases.EMAILS[:12], *(f"user{n}" for n in range(48))]
    label = label_of("account type", mixed)

    assert (label.semantic_type, label.identifier_class) == ("email", "direct")
    assert label.confidence == 0.5


MOMENT_TABLES = [
    ("beside a customer number", {"customer_id": cases.KEYS}, "quasi"),
    ("beside a device", {"browser": ["Firefox", "Chrome"]}, "quasi"),
    ("beside people's ages", {"age": cases.AGES}, "quasi"),
    ("beside products only", {"product_id": cases.KEYS, "quantity": cases.COUNTS}, "none"),
    ("alone", {}, "none"),
]


@pytest.mark.parametrize(
    ("others", "identifier_class"),
    [row[1:] for row in MOMENT_TABLES],
    ids=[row[0] for row in MOMENT_TABLES],
)
def test_the_date_of_an_order_singles_out_only_beside_people(
    others: dict[str, Sequence[object]], identifier_class: str
) -> None:
    label = label_of("InvoiceDate", cases.MOMENTS, **others)

    assert label.identifier_class == identifier_class


def test_the_date_of_a_thing_singles_nobody_out() -> None:
    label = label_of("StockDate", cases.RECENT, **KEY)

    assert label.identifier_class == "none"
    assert "It is the date of a thing, not of what a person did." in label.evidence


TABLE_DECIDES = [
    ("a name among people", "name", ["Ramona", "Gabu", "Sabu"], {"age": cases.AGES}, "direct"),
    ("a name among goods", "name", cases.PRODUCTS, {"sku": cases.KEYS}, "none"),
    ("an id among people", "id", cases.KEYS, {"gender": ["m", "f"]}, "direct"),
    ("an id of orders", "id", cases.KEYS, {"customer_id": cases.KEYS}, "none"),
    ("a title beside a review", "Title", cases.PRODUCTS, {"review text": cases.REVIEWS}, "none"),
    ("a title of staff", "Title", ["General boss", "Aide"], {"employee_id": cases.KEYS}, "quasi"),
    ("a title of address", "Title", ["Mr.", "Mrs.", "Dr."], {}, "quasi"),
    ("an unpaid debt", "default", ["yes", "no"], {"age": cases.AGES}, "sensitive"),
    ("a setting", "default", ["yes", "no"], {"sku": cases.KEYS}, "none"),
    ("a purchase", "Revenue", [0, 1], {"browser": ["A", "B"]}, "sensitive"),
    ("a turnover", "Revenue", cases.AMOUNTS, {"browser": ["A", "B"]}, "none"),
    ("a country of customers", "Country", cases.COUNTRIES, KEY, "quasi"),
    ("a country of goods", "Country", cases.COUNTRIES, {"sku": cases.KEYS}, "none"),
    ("staff who serve", "support_rep_id", [3, 4, 5], KEY, "none"),
    ("staff themselves", "employee_id", cases.KEYS, {}, "direct"),
    ("whom staff report to", "ReportsTo", [1, 2, 6], {"employee_id": cases.KEYS}, "quasi"),
    ("where names come from", "origins", ORIGINS, {"given name": cases.GIVEN}, "quasi"),
    ("where films come from", "origins", ORIGINS, {"film id": cases.KEYS}, "none"),
    ("a gain of a person", "capital-gain", [0, 500, 7_000], {"age": cases.AGES}, "sensitive"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("header", "values", "others", "identifier_class"),
    [row[1:] for row in TABLE_DECIDES],
    ids=[row[0] for row in TABLE_DECIDES],
)
def test_the_rest_of_the_table_decides_what_a_header_leaves_open(
    header: str,
    values: Sequence[object],
    others: dict[str, Sequence[object]],
    identifier_class: str,
) -> None:
    assert label_of(header, values, **others).identifier_class == identifier_class


def test_unexplained_codes_beside_names_are_taken_for_codes_about_people() -> None:
    labels = labels_of(
        {
            "column_1": cases.FULL,
            "column_2": repeated([1, 2, 3]),
            "column_3": repeated([*range(21, 78)]),
        }
    )

    assert labels["column_2"].semantic_type == "attribute_code"
    assert labels["column_2"].identifier_class == "quasi"
    assert labels["column_3"].semantic_type == "age"


def test_codes_and_flags_have_types_of_their_own() -> None:
    labels = labels_of(
        {
            "sex": repeated([0, 1]),
            "married": repeated([0, 1]),
            "race": repeated([1, 2, 3, 4]),
            "country": repeated(["DE", "FR", "CN"]),
        }
    )

    types = [labels[name].semantic_type for name in ("sex", "married", "race", "country")]
    assert types == ["gender_code", "marital_status_flag", "ethnicity_code", "country_code"]


def test_special_categories_are_marked() -> None:
    table = {"religion": ["Hindu", "Muslim", "Christian"], "disease": ["asthma", "flu", "cancer"]}
    labels = labels_of({name: repeated(values) for name, values in table.items()})

    assert all(label.special_category for label in labels.values())
    assert not label_of("city", cases.CITIES).special_category


def test_only_personal_columns_show_examples_and_these_are_masked() -> None:
    labels = labels_of({"email": cases.EMAILS, "quantity": cases.COUNTS})

    assert labels["quantity"].examples == ()
    assert 1 <= len(labels["email"].examples) <= 3
    assert all(example.startswith("k•") for example in labels["email"].examples)


def test_an_empty_column_is_not_personal() -> None:
    label = label_of("email", [None])

    assert (label.semantic_type, label.identifier_class) == ("empty", "none")


def test_the_demo_shops_columns_come_out_as_meant() -> None:
    shop = {
        "customer_id": (cases.KEYS, "direct"),
        "full_name": (cases.FULL, "direct"),
        "email": (cases.EMAILS, "direct"),
        "phone": (cases.PHONES, "direct"),
        "birth_date": (cases.DATES, "quasi"),
        "street": (cases.STREETS, "direct"),
        "city": (cases.CITIES, "quasi"),
        "postal_code": (cases.POSTCODES, "quasi"),
        "country": (cases.COUNTRIES, "quasi"),
        "national_id": (cases.chinese_ids(), "direct"),
        "order_id": (cases.KEYS, "none"),
        "ordered_at": (cases.MOMENTS, "quasi"),
        "category": (["toys", "books"], "none"),
        "product_id": ([11, 12, 13], "none"),
        "quantity": (cases.COUNTS, "none"),
        "amount": (cases.AMOUNTS, "none"),
        "payment_card_last4": ([f"{n:04d}" for n in cases.NUMBERS], "quasi"),
        "session_id": (cases.KEYS, "quasi"),
        "visited_at": (cases.MOMENTS, "quasi"),
        "device": (["mobile", "desktop"], "quasi"),
        "pages_seen": (cases.COUNTS, "none"),
        "minutes": (cases.AMOUNTS, "none"),
        "purchased": (["true", "false"], "sensitive"),
        "review_id": (cases.KEYS, "none"),
        "rating": (cases.COUNTS, "none"),
        "text": (cases.REVIEWS, "sensitive"),
    }
    labels = labels_of({name: repeated(values) for name, (values, _) in shop.items()})

    found = {name: str(label.identifier_class) for name, label in labels.items()}
    assert found == {name: identifier_class for name, (_, identifier_class) in shop.items()}
