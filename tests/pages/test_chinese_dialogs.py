"""Every dialog of the desk, drawn in Chinese: a new one that is not drawn here fails."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator

import pytest
from streamlit.testing.v1 import AppTest

from compliance.i18n import LANGUAGE, speaking, translate
from compliance.impact.nouns import ImpactKind
from compliance.rights.nouns import Right
from tests.pages.chinese_cases import HANZI, dialogs, english
from tests.pages.conftest import PATIENCE_S, ROOT, ROWS, Desk
from tests.pages.test_languages import AS_WRITTEN
from tests.request_cases import in_scope, opened


@pytest.fixture(autouse=True)
def english_again() -> Iterator[None]:
    token = LANGUAGE.set("en")
    yield
    LANGUAGE.reset(token)


@pytest.fixture
def desk(full_desk: Desk) -> Desk:
    """Something in hand that each dialog can be about."""
    workspace = full_desk.workspace
    requests = in_scope(workspace)
    opened(requests, Right.ERASURE)
    requests.holding.place("court case 4 O 1")
    workspace.governance.impacts.begin(ImpactKind.DPIA, "analytics", datasets=["orders"])
    workspace.assess()
    return full_desk


# Each draws one dialog by itself: what is in a function here is the whole script of a page.


def _four_questions() -> None:
    from pages.parts import interviews, language, scopes, session

    language.speak()
    workspace = session.workspace()
    interviews.interview(scopes.scope_of(workspace, workspace.dataset("orders")))


def _bounds() -> None:
    from decimal import Decimal

    from compliance.privacy import to_query
    from compliance.privacy.nouns import Budget
    from pages.parts import language, looks, scopes, session

    language.speak()
    workspace = session.workspace()
    query = to_query({"unit": "customer", "statistics": [{"count": "rows"}]})
    asked = Budget(epsilon=Decimal("0.1"), delta=Decimal("1e-6"))
    looks._confirm(
        scopes.scope_of(workspace, workspace.dataset("orders")), query, ["amount"], asked
    )


def _pseudonym() -> None:
    from compliance.anonymise.nouns.record import Vault
    from compliance.dataset.nouns import ColumnName
    from pages.parts import language, session
    from pages.parts.anonymising import vaults

    language.speak()
    vault = Vault(
        id="v", dataset_id="o", column=ColumnName("customer"), type="ID", rows=9, sha256="0"
    )
    vaults.ask(session.workspace(), "orders", vault)


def _remedy() -> None:
    from pages.parts import language, session
    from pages.parts.deciding import remedies

    language.speak()
    mending = session.workspace().governance.mending
    finding, remedy = next(
        (one, found[0]) for one in mending.findings() if (found := mending.remedies(one.id))
    )
    remedies._apply(mending, finding, remedy)


def _unmet() -> None:
    from pages.parts import language, session
    from pages.parts.deciding import opened

    language.speak()
    mending = session.workspace().governance.mending
    opened._waive(mending, mending.findings()[0])


def _erasure() -> None:
    from pages.parts import language, session
    from pages.parts.requesting import carrying

    language.speak()
    workspace = session.workspace()
    carrying._ask_to_erase(workspace, workspace.rights.requests.requests()[0].request, None)


def _hold() -> None:
    from pages.parts import language, session
    from pages.parts.requesting import holds

    language.speak()
    workspace = session.workspace()
    holds._ask(workspace, workspace.rights.requests.holding.standing()[0])


def _proof() -> None:
    from compliance.rights.nouns import IdentityLevel, Rejection
    from pages.parts import language, session
    from pages.parts.requesting import forms

    language.speak()
    workspace = session.workspace()
    id_ = workspace.rights.requests.requests()[0].request.id
    forms._reject(workspace, id_, IdentityLevel.DOCUMENT, Rejection.FORGED)


def _withdrawal() -> None:
    from pages.parts import language, session
    from pages.parts.requesting import forms

    language.speak()
    workspace = session.workspace()
    forms._withdraw_now(workspace, workspace.rights.requests.requests()[0])


def _end() -> None:
    from pages.parts import language, session
    from pages.parts.requesting import forms

    language.speak()
    workspace = session.workspace()
    forms._close_now(workspace, workspace.rights.requests.requests()[0])


def _signature() -> None:
    from pages.parts import language, session
    from pages.parts.impacting import judging

    language.speak()
    workspace = session.workspace()
    judging._sign(workspace, workspace.governance.impacts.list()[0])


ALONE: dict[str, Callable[[], None]] = {
    "Four questions about the people": _four_questions,
    "Look for bounds and pay for it?": _bounds,
    "Look behind a pseudonym?": _pseudonym,
    "Apply this remedy?": _remedy,
    "Leave this duty unmet?": _unmet,
    "Erase this person?": _erasure,
    "Lift this hold?": _hold,
    "Reject this proof?": _proof,
    "Withdraw this request?": _withdrawal,
    "Close this request?": _end,
    "Sign this assessment?": _signature,
}
ON_A_PAGE = {"Publish and pay for it?": ("release", "release_ask")}


def test_every_dialog_is_drawn_here() -> None:
    titles = {
        ast.literal_eval(decorator.args[0].args[0])  # of mark
        for path in sorted((ROOT / "pages").rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.FunctionDef)
        for decorator in node.decorator_list
        if isinstance(decorator, ast.Call) and ast.unparse(decorator.func) == "language.dialog"
    }

    assert titles == {*ALONE, *ON_A_PAGE}


def test_no_dialog_is_opened_but_in_the_language_of_the_page() -> None:
    bare = [
        path.name
        for path in sorted((ROOT / "pages").rglob("*.py"))
        if path.name != "language.py" and "st.dialog" in path.read_text("utf-8")
    ]

    assert bare == []


def test_every_dialog_is_headed_and_read_in_chinese_alone(desk: Desk) -> None:
    LANGUAGE.set("zh")
    left: dict[str, list[str]] = {}
    for title, script in ALONE.items():
        window = AppTest.from_function(script, default_timeout=PATIENCE_S)
        window.session_state["session_language"] = "zh"
        left[title] = _left(window.run(), title)
    for title, (name, button) in ON_A_PAGE.items():
        visitor = AppTest.from_file(str(ROOT / "app.py"), default_timeout=PATIENCE_S).run()
        visitor.selectbox(key="session_language").set_value("zh").run()
        visitor.switch_page(ROWS["tradeoff"].path).run()  # which shapes the question
        visitor.switch_page(ROWS[name].path).run()
        left[title] = _left(visitor.button(key=button).click().run(), title)

    assert {title: found for title, found in left.items() if found} == {}


def _left(window: AppTest, title: str) -> list[str]:
    """What of the dialog is English."""
    assert not window.exception, (title, window.exception)
    with speaking("zh"):
        assert dialogs(window) == [translate(title)]
    assert HANZI.search(translate(title))
    return english(window, AS_WRITTEN)
