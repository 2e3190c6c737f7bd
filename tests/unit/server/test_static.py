from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from starlette.datastructures import Headers

from mlflow.server.static import CONTENT_SECURITY_POLICY, UiFiles

SCRIPT = b"console.log('headrace');" * 100


@pytest.fixture
def ui(tmp_path: Path) -> UiFiles:
    assets = tmp_path / "static-files"
    assets.mkdir()
    (tmp_path / "index.html").write_bytes(b"<!doctype html><title>Headrace</title>")
    (tmp_path / "secret.key").write_bytes(b"secret")
    (assets / "index-DfysT2zz.js").write_bytes(SCRIPT)
    (assets / "index-DfysT2zz.js.br").write_bytes(b"brotli bytes")
    (assets / "index-DfysT2zz.js.gz").write_bytes(gzip.compress(SCRIPT))
    (assets / "style-B_0aC2-R.css").write_bytes(b"body{}")
    (assets / "icon.svg").write_bytes(b"<svg/>")
    return UiFiles(tmp_path)


def test_the_page_is_never_cached_and_carries_the_policy(ui: UiFiles) -> None:
    response = ui.respond("/", {})
    assert response is not None
    assert response.body == b"<!doctype html><title>Headrace</title>"
    assert response.headers["content-type"] == "text/html; charset=utf-8"
    assert response.headers["cache-control"] == "no-cache"
    assert response.headers["content-security-policy"] == CONTENT_SECURITY_POLICY
    assert response.headers["x-content-type-options"] == "nosniff"
    assert response.headers["referrer-policy"] == "no-referrer"
    assert response.headers["cross-origin-opener-policy"] == "same-origin"


def test_the_policy_allows_nothing_inline_and_no_other_host() -> None:
    assert "unsafe" not in CONTENT_SECURITY_POLICY
    assert "http" not in CONTENT_SECURITY_POLICY
    assert "*" not in CONTENT_SECURITY_POLICY
    assert CONTENT_SECURITY_POLICY.startswith("default-src 'none'")


@pytest.mark.parametrize(
    ("name", "media_type", "caching"),
    [
        ("index-DfysT2zz.js", "text/javascript; charset=utf-8", "public, max-age=31536000, immutable"),
        ("style-B_0aC2-R.css", "text/css; charset=utf-8", "public, max-age=31536000, immutable"),
        ("icon.svg", "image/svg+xml", "no-cache"),
    ],
)
def test_hashed_names_are_cached_for_good(ui: UiFiles, name: str, media_type: str, caching: str) -> None:
    response = ui.respond(f"/static-files/{name}", {})
    assert response is not None
    assert response.headers["content-type"] == media_type
    assert response.headers["cache-control"] == caching
    assert response.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    ("accepts", "encoding", "body"),
    [
        ("", None, SCRIPT),
        ("gzip, deflate, br, zstd", "br", b"brotli bytes"),
        ("GZIP", "gzip", gzip.compress(SCRIPT)),
        ("gzip, br;q=0", "gzip", gzip.compress(SCRIPT)),
        ("br;q=0.0, gzip; q=0", None, SCRIPT),
        ("br;q=0.5", "br", b"brotli bytes"),
    ],
)
def test_the_client_chooses_the_compression(
    ui: UiFiles, accepts: str, encoding: str | None, body: bytes
) -> None:
    response = ui.respond("/static-files/index-DfysT2zz.js", Headers({"Accept-Encoding": accepts}))
    assert response is not None
    assert response.headers.get("content-encoding") == encoding
    assert response.headers["vary"] == "Accept-Encoding"
    # gzip stores when it was made; what counts is what is inside.
    assert response.body == body or gzip.decompress(bytes(response.body)) == gzip.decompress(body)


def test_a_client_that_has_the_page_gets_no_body(ui: UiFiles) -> None:
    first = ui.respond("/", {})
    assert first is not None
    again = ui.respond("/", {"if-none-match": f'W/{first.headers["etag"]}, "other"'})
    assert again is not None
    assert (again.status_code, again.body) == (304, b"")
    assert again.headers["content-security-policy"] == CONTENT_SECURITY_POLICY


@pytest.mark.parametrize(
    "path",
    [
        "/api/2.0/mlflow/runs/get",
        "/secret.key",
        "/static-files/../secret.key",
        "/static-files/../index.html",
        "/static-files//etc/passwd",
        "/static-files/missing-DfysT2zz.js",
        "/static-files/index-DfysT2zz.js.br",
        "/static-files/",
        "/static-files",
        "",
    ],
)
def test_other_paths_are_not_the_uis(ui: UiFiles, path: str) -> None:
    assert ui.respond(path, {}) is None


def test_below_a_prefix_only_the_prefix_counts(ui: UiFiles) -> None:
    page = ui.respond("/team/", {}, static_prefix="/team")
    assert page is not None
    assert page.status_code == 200
    asset = ui.respond("/team/static-files/icon.svg", {}, static_prefix="/team")
    assert asset is not None
    assert asset.body == b"<svg/>"
    assert ui.respond("/", {}, static_prefix="/team") is None
    assert ui.respond("/teammate/", {}, static_prefix="/team") is None


def test_the_bare_prefix_leads_to_the_page_whose_addresses_are_relative(ui: UiFiles) -> None:
    response = ui.respond("/team", {}, static_prefix="/team")
    assert response is not None
    assert (response.status_code, response.headers["location"]) == (308, "/team/")


def test_without_a_build_the_page_says_how_to_make_one(tmp_path: Path) -> None:
    response = UiFiles(tmp_path / "none").respond("/", {})
    assert response is not None
    assert response.status_code == 200
    assert b"make ui" in bytes(response.body)
    assert response.headers["content-security-policy"] == CONTENT_SECURITY_POLICY
