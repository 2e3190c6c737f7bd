"""A browser and a server for the journeys. A page that breaks a rule of its own fails the test that drove it."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, Request, expect, sync_playwright

from tests.e2e.chromium import find_chromium
from tests.e2e.server import Server

ROOT = Path(__file__).parents[2]
OpenPage = Callable[..., Page]

_WATCH_POLICY = """
addEventListener("securitypolicyviolation", (event) => {
  console.error(`policy violated: ${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}`);
});
"""
# What the browser itself reports about answers and connections that a journey provokes on purpose.
_EXPECTED_NOISE = ("Failed to load resource",)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.e2e)


@pytest.fixture(scope="package", autouse=True)
def built_ui() -> None:
    """The UI as it is in the sources; nothing is built when it is current."""
    spec = importlib.util.spec_from_file_location("hatch_build", ROOT / "hatch_build.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.build_ui(ROOT)


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        arguments = ["--no-sandbox", "--disable-dev-shm-usage"]
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=arguments)
        expect.set_options(timeout=10_000)
        yield browser
        browser.close()


@pytest.fixture(scope="package")
def server(built_ui: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server that all journeys share: each makes experiments of its own."""
    server = Server(tmp_path_factory.mktemp("server"))
    server.start()
    yield server
    server.stop()


@pytest.fixture
def own_server(built_ui: None, tmp_path: Path) -> Iterator[Callable[..., Server]]:
    """Starts servers for one journey, for those that need an empty one or stop it."""
    started: list[Server] = []

    def start(static_prefix: str = "") -> Server:
        folder = tmp_path / f"server-{len(started)}"
        folder.mkdir()
        started.append(Server(folder, static_prefix))
        started[-1].start()
        return started[-1]

    yield start
    for server in started:
        server.stop()


@pytest.fixture
def browser_page(browser: Browser) -> Iterator[Page]:
    """A page that nobody watches, for journeys in which something is meant to be blocked."""
    page = browser.new_page(locale="en-US")
    yield page
    page.close()


@pytest.fixture
def open_page(browser: Browser) -> Iterator[OpenPage]:
    """Opens pages in a fresh profile; afterwards none may have failed, broken its policy or asked another host."""
    contexts = []
    faults: list[str] = []

    def open_page(
        url: str, *, width: int = 1440, height: int = 900, dark: bool = False, touch: bool = False
    ) -> Page:
        context = browser.new_context(
            viewport={"width": width, "height": height},
            color_scheme="dark" if dark else "light",
            has_touch=touch,
            reduced_motion="reduce",
            locale="en-US",
            permissions=["clipboard-read", "clipboard-write"],
            accept_downloads=True,
        )
        contexts.append(context)
        context.add_init_script(_WATCH_POLICY)
        host = urlsplit(url).netloc

        def on_console(message: ConsoleMessage) -> None:
            if message.type == "error" and not message.text.startswith(_EXPECTED_NOISE):
                faults.append(f"console: {message.text}")

        def on_request(request: Request) -> None:
            asked = urlsplit(request.url)
            if asked.scheme in ("http", "https") and asked.netloc != host:
                faults.append(f"another host was asked: {request.url}")

        page = context.new_page()
        page.on("console", on_console)
        page.on("pageerror", lambda error: faults.append(f"error: {error}"))
        page.on("request", on_request)
        page.goto(url)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert faults == []
