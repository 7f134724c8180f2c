"""What a breach may cost, as packs of rules say it, in words."""

from __future__ import annotations

from collections.abc import Mapping

from compliance.i18n import mark
from compliance.i18n import translate as _
from compliance.report import wording
from compliance.report.wording import count

# The currencies in which packs name fines, by the end of the names of their fields.
_CURRENCIES = {"eur": "EUR", "gbp": "GBP", "usd": "USD", "rmb": "CNY", "sgd": "SGD", "inr": "INR"}
_EACH = {
    "per_violation_usd": mark("{amount} per violation"),
    "per_consumer_usd_min": mark("{amount} per consumer at least"),
    "per_consumer_usd_max": mark("{amount} per consumer at most"),
}


def amounts(fine: Mapping[str, object]) -> str:
    """The most that a fine may come to, as `EUR 20,000,000 or 4 % of turnover, …`; may be empty."""
    found = [shown for name, value in fine.items() if (shown := _amount(name, value))]
    both = _(" or ").join(found)
    if len(found) > 1 and fine.get("rule") == "higher of the two":
        return _("{amounts}, the higher of the two").format(amounts=both)
    return both


def _amount(name: str, value: object) -> str:
    if not isinstance(value, int | float) or isinstance(value, bool):
        return ""
    if "turnover_share" in name:
        shown = wording.percent(value, 1 if value * 100 % 1 else 0)
        return _("{share} of turnover").format(share=shown)
    currency = next((c for end, c in _CURRENCIES.items() if end in name.split("_")), "")
    if not currency or name.startswith("staff"):
        return ""
    shown = _("{currency} {amount}").format(currency=currency, amount=count(int(value)))
    return _(_EACH[name]).format(amount=shown) if name in _EACH else shown
