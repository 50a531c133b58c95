"""The check of the sources' addresses (`make links`), tried on a server of its own."""

import http.server
import json
import threading

import pytest
from conftest import ROOT

from press import links


class _Answers(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        code = {"/good": 200, "/no-programs": 403}.get(self.path, 404)
        body = b""
        if self.path.startswith("/archive?url="):
            copy = "https://web.example/copy"
            told = {"closest": {"url": copy}} if "kept" in self.path else {}
            code, body = 200, json.dumps({"archived_snapshots": told}).encode()
        self.send_response(code)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


@pytest.fixture(scope="module")
def server():
    made = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Answers)
    threading.Thread(target=made.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{made.server_port}"
    made.shutdown()


def test_what_does_not_answer_is_named_with_place_and_copy(server):
    asked = {
        f"{server}/good": "a",
        f"{server}/no-programs": "b",
        f"{server}/kept": "data/x.csv, row 3",
        f"{server}/gone": "book/y.md",
    }
    gone, kept = links.check(asked, service=f"{server}/archive?url=")
    assert gone == f"book/y.md: {server}/gone answers 404; no archived copy is known"
    copy = "archived at https://web.example/copy"
    assert kept == f"data/x.csv, row 3: {server}/kept answers 404; {copy}"
    assert "does not answer" in links.fault("http://127.0.0.1:1/", timeout=2)


def test_every_address_of_the_data_is_asked():
    found = links.addresses()
    assert len(found) > 100 and all(place for place in found.values())
    assert not [address for address in found if address[-1] in ".,;)" and "(" not in address]
    row = next(place for place in found.values() if place.startswith("data/claims.csv"))
    assert row.rpartition(" ")[2].isdigit() and (ROOT / row.partition(",")[0]).exists()
