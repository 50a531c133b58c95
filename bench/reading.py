"""What a reader waits for: bytes, requests, first figure, first answer, layout shift, on a slowed processor."""

import functools
import gzip
import http.server
import re
import subprocess
import sys
import tarfile
import threading
from pathlib import Path

from playwright.sync_api import sync_playwright

from bench import trees
from bench.builds import _ours, _stock
from bench.machine import WORK, median

SLOWER = 4
PACKAGES = {"vega": "6", "vega-lite": "6.1.0", "vega-embed": "7"}
"""What Altair's page asks a content network for; served from this machine here."""

WATCH = """
window.bench = {shift: 0};
new PerformanceObserver(list => { for (const one of list.getEntries()) if (!one.hadRecentInput) bench.shift += one.value; })
    .observe({type: 'layout-shift', buffered: true});
const FIGURE = '.chart svg, .vega-embed svg, .vega-embed canvas';
const answers = seen => {  // ours tells a mark that is clicked; Vega's view answers once it is there
  const chart = seen.closest('.chart');
  if (!chart) return true;
  const plot = chart.querySelector('.chart-plot'), box = plot.getBoundingClientRect();
  const line = (chart.closest('figure') || chart).querySelector('.chart-answer'), said = () => line && line.textContent.trim();
  for (let n = 1; n < 36 && !said(); n++)  // somewhere in its plot lies a mark
    plot.dispatchEvent(new MouseEvent('click', {bubbles: true, clientX: box.left + box.width * (n % 6) / 6, clientY: box.top + box.height * Math.floor(n / 6) / 6}));
  return Boolean(said());
};
const look = () => {
  const seen = [...document.querySelectorAll(FIGURE)].find(one => one.getBoundingClientRect().height > 10);
  if (seen && !bench.figure) { bench.figure = performance.now(); seen.scrollIntoView({block: 'center'}); }
  if (seen && answers(seen)) bench.answer = performance.now();
  if (!bench.figure && document.readyState !== 'loading') {
    const place = document.querySelector('.chart, [id^=altair-viz]');
    if (place && !bench.moved) { bench.moved = true; place.scrollIntoView({block: 'center'}); }
  }
  if (!bench.answer) requestAnimationFrame(look);
};
requestAnimationFrame(look);
"""
READ = """() => {
  const all = [...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')];
  const sum = list => list.reduce((total, one) => total + one.encodedBodySize, 0);
  return {"bytes before the first figure": sum(all.filter(one => one.responseEnd <= bench.figure || one.entryType === 'navigation')),
          "bytes": sum(all), "requests": all.length, "first figure, ms": bench.figure, "first answer, ms": bench.answer, "layout shift": bench.shift};
}"""


class _Zipped(http.server.SimpleHTTPRequestHandler):
    """Serves a folder as hosts do, text in gzip."""

    protocol_version = "HTTP/1.1"

    def do_GET(self):
        path = Path(self.translate_path(self.path.partition("?")[0]))
        if not path.is_file():
            return self.send_error(404)
        body, zipped = path.read_bytes(), path.suffix in (".html", ".js", ".css", ".svg", ".json")
        body = gzip.compress(body) if zipped else body
        self.send_response(200)
        self.send_header("Content-Type", self.guess_type(str(path)))
        self.send_header("Content-Length", str(len(body)))
        if zipped:
            self.send_header("Content-Encoding", "gzip")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


def _serve(folder):
    handler = functools.partial(_Zipped, directory=str(folder))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


def local_scripts(folder):
    """Put Altair's scripts beside the pages of a stock book, as an author would who serves them."""
    store = WORK / "npm"
    store.mkdir(exist_ok=True)
    for name, version in PACKAGES.items():
        if not (store / f"{name}.js").exists():
            subprocess.run(["npm", "pack", "--silent", f"{name}@{version}"], cwd=store, check=True)
            (packed,) = [
                path for path in store.glob(f"{name}-*.tgz") if re.match(rf"{name}-\d", path.name)
            ]
            with tarfile.open(packed) as archive:
                script = archive.extractfile(f"package/build/{name}.min.js")
                (store / f"{name}.js").write_bytes(script.read())
    for path in store.glob("*.js"):
        (folder / "_static" / path.name).write_bytes(path.read_bytes())
    for page in folder.rglob("*.html"):
        text = page.read_text(encoding="utf-8")
        up = "../" * (len(page.relative_to(folder).parts) - 1)
        base = r"https://cdn\.jsdelivr\.net/npm/(vega(?:-lite|-embed)?)@[^\"'?]*(?:\?noext)?"
        page.write_text(re.sub(base, rf"{up}_static/\1.js", text), encoding="utf-8")


def pages_with_figures(folder):
    """Return the pages of our book that hold figures, as paths below its folder."""
    found = sorted((folder / "book").glob("*.html"))
    return [f"book/{p.name}" for p in found if "chart-figure" in p.read_text(encoding="utf-8")]


def _visit(browser, address):
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.add_init_script(WATCH)
    session = context.new_cdp_session(page)
    session.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    page.goto(address)
    try:
        page.wait_for_function("bench.answer", timeout=30_000)
        page.wait_for_load_state("networkidle")
        return page.evaluate(READ)
    finally:
        context.close()


def read(runs, only=None):
    """Return {page: {system: {measure: number}}} of each page with figures, medians of so many runs in turn."""
    folders = {}
    for name, (make, go) in {
        "ours": (trees.ours, _ours),
        "stock, scripts served": (trees.stock, _stock),
        "stock, inline": (lambda: trees.stock("inline"), _stock),
    }.items():
        print(f"  building {name}", file=sys.stderr)
        tree = make()
        go(tree, "html")
        folders[name] = tree / "_build" / "html"
    local_scripts(folders["stock, scripts served"])
    found, failed = {}, {}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=["--no-sandbox"]
        )
        servers = {name: _serve(folder) for name, folder in folders.items()}
        for _turn in range(runs):
            for path in only or pages_with_figures(folders["ours"]):
                for name, server in servers.items():
                    if (path, name) in failed:
                        continue
                    print(f"  {path}: {name}", file=sys.stderr)
                    try:
                        told = _visit(browser, f"http://127.0.0.1:{server.server_port}/{path}")
                    except Exception as error:  # a page on which no figure answers
                        failed[path, name] = str(error).splitlines()[0]
                        continue
                    found.setdefault(path, {}).setdefault(name, []).append(told)
        for server in servers.values():
            server.shutdown()
        browser.close()
    medians = {
        path: {name: median(all_) for name, all_ in by.items()} for path, by in found.items()
    }
    silent = [f"{path}, {name}: {why}" for (path, name), why in failed.items()]
    return {"figures": medians, "failed": silent}
