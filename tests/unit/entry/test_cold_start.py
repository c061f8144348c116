"""Every function imports what makes its imports quicker first, and says when they are done."""

import ast
import gc

import pytest

from dutchbook.entry.cold_start import imports_done
from local.template import ROOT

APPS = sorted((ROOT / "functions").glob("*/app.py"))


@pytest.mark.parametrize("app", APPS, ids=lambda app: app.parent.name)
def test_the_collector_rests_from_the_first_import_to_the_last(app):
    body = ast.parse(app.read_text()).body
    imports = [number for number, node in enumerate(body) if isinstance(node, ast.Import | ast.ImportFrom)]
    assert ast.unparse(body[imports[0]]) == "from dutchbook.entry.cold_start import imports_done"
    assert ast.unparse(body[imports[-1] + 1]) == "imports_done()"


def test_after_the_imports_it_works_and_leaves_them_alone():
    gc.disable()
    imports_done()
    assert gc.isenabled()
    assert gc.get_freeze_count() > 0
