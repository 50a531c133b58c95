"""Pages work where a host allows only their own scripts: no `unsafe-inline`, no `unsafe-eval`."""

import re
import threading
from functools import partial

import pytest
from conftest import BASE, _Below, _Server, open_window
from test_html import CHARTED, STATES, wake_charts

from press.policy import inline_scripts, policy


class _Strict(_Below):
    told = ""

    def end_headers(self):
        self.send_header("Content-Security-Policy", self.told)
        super().end_headers()


@pytest.fixture(scope="module")
def strict(html):
    """The address of the book on a host that sends the policy."""
    handler = type("Told", (_Strict,), {"told": policy(html)})
    server = _Server(("127.0.0.1", 0), partial(handler, directory=str(html)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}{BASE}"
    server.shutdown()


def test_the_policy_names_few_scripts_and_allows_no_more(html):
    told = policy(html)
    assert told.startswith("script-src 'self' 'sha256-") and "unsafe" not in told
    assert told.count("sha256-") <= 6, "a script that differs from page to page needs a hash a page"


def test_no_element_carries_a_script(html):
    found = {
        f"{path.relative_to(html)}: {tag}"
        for path in html.rglob("*.html")
        for tag in re.findall(r"<[a-z][^<>]*\son[a-z]+=[^<>]*>", path.read_text(encoding="utf-8"))
    }
    assert not found


def test_figures_live_the_page_prints_and_the_search_finds(chromium, strict):
    context, record = open_window(chromium, viewport={"width": 1280, "height": 900})
    window = context.new_page()
    window.add_init_script("window.print = () => { window.printed = true; };")
    window.goto(strict + CHARTED[0])
    wake_charts(window)
    assert set(window.evaluate(STATES)) == {"live"}
    window.evaluate("document.querySelector('.btn-download-pdf-button').click()")
    assert window.evaluate("window.printed")
    window.goto(strict + "search.html?q=alliance")
    window.wait_for_selector("#search-results li")
    context.close()
    assert (record.said, record.failed) == ([], [])


def test_only_scripts_count():
    page = '<script src="a.js"></script><script type="application/json">{}</script><script>go()</script>'
    assert inline_scripts(page) == ["go()"]
