"""The dashboard's files as the local stack serves them."""

import gzip
import json
from pathlib import Path

import pytest

from local.static import SECURITY_HEADERS, StaticSite


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "index.html").write_text("<!doctype html><title>page</title>")
    (tmp_path / "js").mkdir()
    (tmp_path / "js" / "app.js").write_text("export const x = 1;\n" * 200)
    (tmp_path / "node_modules").mkdir()
    (tmp_path / "node_modules" / "package.js").write_text("no part of the page")
    (tmp_path.parent / "secret.txt").write_text("not for anybody")
    return tmp_path


@pytest.fixture
def site(folder: Path) -> StaticSite:
    return StaticSite(simulated_data=True, folder=folder)


def test_the_root_is_the_page(site):
    answer = site.answer("/")
    assert (answer.status, answer.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert b"<title>page</title>" in answer.body


def test_text_is_compressed_for_who_asks(site):
    plain, packed = site.answer("/js/app.js"), site.answer("/js/app.js", accept_encoding="br, gzip")
    assert packed.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in plain.headers
    assert gzip.decompress(packed.body) == plain.body
    assert len(packed.body) < len(plain.body) / 4


def test_a_copy_that_is_still_right_is_answered_without_a_body(site, folder):
    tag = site.answer("/js/app.js").headers["etag"]
    again = site.answer("/js/app.js", if_none_match=tag)
    assert (again.status, again.body) == (304, b"")
    (folder / "js" / "app.js").write_text("export const x = 2;")
    assert site.answer("/js/app.js", if_none_match=tag).status == 200


@pytest.mark.parametrize(
    "path", ["/../secret.txt", "/js/../../secret.txt", "/node_modules/package.js", "/js", "/nothing.js"]
)
def test_nothing_outside_the_page_is_served(site, path):
    assert site.answer(path).status == 404


@pytest.mark.parametrize("simulated", [True, False])
def test_the_page_is_told_whether_the_venues_are_simulators(folder, simulated):
    answer = StaticSite(simulated_data=simulated, folder=folder).answer("/config.json")
    assert json.loads(answer.body) == {"simulatedData": simulated}


def test_the_policy_forbids_inline_code_and_other_hosts():
    policy = dict(
        part.strip().partition(" ")[::2] for part in SECURITY_HEADERS["content-security-policy"].split(";")
    )
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == policy["connect-src"] == "'self'"
    assert policy["require-trusted-types-for"] == "'script'"
    assert "unsafe" not in str(policy)
