"""The demo shop: a small invented company, so that everything can be tried without real data."""

from __future__ import annotations

from compliance.demo.consents import consent_file
from compliance.demo.nouns import Canary, Company, Mention, Shop, ShopBudget, ShopTable, Truth
from compliance.demo.register import shop_register, shop_requests
from compliance.demo.shop import build_shop

__all__ = [
    "Canary",
    "Company",
    "Mention",
    "Shop",
    "ShopBudget",
    "ShopTable",
    "Truth",
    "build_shop",
    "consent_file",
    "shop_register",
    "shop_requests",
]
