"""The built HTML as readers meet it: in a browser without a network, by theme and width, without scripts, from disk."""

import csv
import gzip
import json
import re
import struct
import subprocess
from pathlib import Path, PurePosixPath
from types import SimpleNamespace
from urllib.parse import unquote, urldefrag, urljoin, urlparse

import pytest
from axe_playwright_python.sync_playwright import Axe
from bs4 import BeautifulSoup
from conftest import BASE, ROOT, cases, need, notebooks, open_window, pages

from companion.theme import MIME
from press.edition import label

OPENED = {
    1280: "light",
    390: "dark",
}  # the theme in which a page is opened at each width; then it changes to the other
OFTEN = [f"{page}-390" for page in pages()] + [
    f"{page}-1280"
    for page in ("index.html", "book/lin-2025.html", "book/china-budget.html", "book/timeline.html")
]  # `make test-all` looks at every page at both widths
COLOR = [
    "color-contrast",
    "link-in-text-block",
]  # what a theme can change; the rest of a page is the same in both
CHARTED = [
    f"book/{name}.html" for name, notebook in notebooks().items() if MIME in json.dumps(notebook)
]
CONTROLLED = {
    "fig-budget-explorer": "book/lin-2025.html",
    "fig-china-budget-what-if": "book/china-budget.html",
    "fig-nhk-constitution": "book/lin-2025.html",
}
CHARTS = "[...document.querySelectorAll('.chart')].filter(chart => chart.offsetParent)"  # wide or narrow, as the window asks
HEIGHTS = CHARTS + ".map(chart => chart.getBoundingClientRect().height)"
CONTROLS = CHARTS + ".filter(chart => chart.querySelector('[data-signal]'))"
STATES = CONTROLS + ".map(chart => chart.dataset.state)"
SHIFTS = """window.shifts = [];
    new PerformanceObserver(list => list.getEntries().forEach(entry => shifts.push(
        [entry.value, ...entry.sources.map(source => `${source.node?.nodeName} ${source.node?.className || source.node?.id}`)]))).observe({type: 'layout-shift', buffered: true});"""
BROKEN = """() => {
    const found = [], texts = document.createTreeWalker(document.querySelector("article"), NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) {
        const text = texts.currentNode, cell = text.parentElement;
        if (!cell.closest("td, th") || cell.closest("code, svg") || !cell.offsetParent) continue;
        for (const word of text.data.matchAll(/(?<![\\w./])[A-Za-z]{3,}(?![\\w./])/g)) {
            const range = document.createRange();
            range.setStart(text, word.index);
            range.setEnd(text, word.index + word[0].length);
            if (new Set([...range.getClientRects()].map(box => Math.round(box.top))).size > 1) found.push(word[0]);
        }
    }
    return found;
}"""
"""Words of tables that stand in two lines; an address may."""

WIDTHS = "[document.documentElement.scrollWidth, document.documentElement.clientWidth]"
WIDE = """[...document.querySelectorAll('body *')].filter(e => e.getBoundingClientRect().right > innerWidth + 1)
    .slice(0, 5).map(e => e.tagName + '.' + e.className)"""


def wake_charts(window):
    """Use a control of every chart that has one, without changing it, and wait until each is live or has given up."""
    for number in range(window.evaluate(CONTROLS + ".length")):
        window.evaluate(
            f"{CONTROLS}[{number}].querySelector('[data-signal]').dispatchEvent(new Event('input', {{bubbles: true}}))"
        )
    # wait_for_function asks by eval, which the pages' policy forbids
    awake = CONTROLS + ".every(chart => chart.dataset.state)"
    window.evaluate(
        f"""async () => {{
            const end = Date.now() + 60_000;
            while (!{awake} && Date.now() < end) await new Promise(done => setTimeout(done, 50));
        }}"""
    )
    assert window.evaluate(awake), "a chart with controls neither came to life nor gave up in 60 s"


def read_to_the_end(window):
    """Scroll past every chart, as a reader does."""
    for number in range(window.evaluate(CHARTS + ".length")):
        window.evaluate(f"{CHARTS}[{number}].scrollIntoView()")
        window.wait_for_timeout(50)


def weight(html, asked):
    """KB that the network carries for these addresses of the site, with gzip where it helps."""
    files = {
        html / urlparse(url).path.removeprefix(BASE) for url in asked if url.startswith("http")
    }
    return (
        sum(
            min(len(body), len(gzip.compress(body, mtime=0)))
            for body in (file.read_bytes() for file in files)
        )
        / 1024
    )


@pytest.fixture(
    scope="module", params=cases([f"{page}-{width}" for page in pages() for width in OPENED], OFTEN)
)
def visit(request, chromium, site):
    """One page at one width: read to its end, its charts awake, its folded parts open, in one theme and then in the other."""
    page, width = request.param.rpartition("-")[0], int(request.param.rpartition("-")[2])
    context, record = open_window(
        chromium, viewport={"width": width, "height": 900}, color_scheme=OPENED[width]
    )
    context.add_init_script(SHIFTS)
    window = context.new_page()
    window.goto(site + page)
    window.evaluate("document.fonts.ready.then(() => true)")
    drawn = window.evaluate(HEIGHTS)
    read_to_the_end(window)
    unused = list(record.asked)
    wake_charts(window)
    window.mouse.wheel(0, -300)  # scrolling up brings out the way back to the top
    seen = SimpleNamespace(
        asked=list(record.asked),
        unused=unused,
        drawn=drawn,
        live=window.evaluate(HEIGHTS),
        states=window.evaluate(STATES),
    )
    seen.figures = window.locator("figure.chart-figure").count()
    seen.controlled = window.evaluate(CONTROLS + ".length")
    seen.widths, seen.shifts = window.evaluate(WIDTHS), window.evaluate("shifts")
    window.evaluate("document.querySelectorAll('details').forEach(part => part.open = true)")
    seen.open_widths, seen.wide = window.evaluate(WIDTHS), window.evaluate(WIDE)
    seen.broken = window.evaluate(BROKEN)
    window.evaluate(
        "[...document.querySelectorAll('.figure-data')].slice(1).forEach(part => part.open = false)"
    )  # all alike: one is enough for axe
    seen.faults = []
    for theme in (OPENED[width], *({"light", "dark"} - {OPENED[width]})):
        window.emulate_media(color_scheme=theme)
        window.wait_for_function(
            f"document.documentElement.dataset.theme === '{theme}'"
        )  # the page follows the reader's system
        window.wait_for_function(
            "document.getAnimations().every(motion => motion.playState !== 'running')"
        )  # folded code fades in
        # Colors take axe longest. The article's are the same at both widths, one in each theme; what frames it is looked at in all four.
        part, rules = (
            (None, {})
            if theme == OPENED[width]
            else ({"exclude": [["article"]]}, {"runOnly": COLOR})
        )
        if theme == OPENED[width]:
            seen.said, seen.outside, seen.failed = (
                list(record.said),
                list(record.outside),
                list(record.failed),
            )  # axe asks for files of its own
        for fault in (
            Axe()
            .run(window, context=part, options={"resultTypes": ["violations"], **rules})
            .response["violations"]
        ):
            seen.faults += [
                f"{theme}: {fault['id']}: {node['target']} {node['failureSummary'].splitlines()[-1].strip()}"
                for node in fault["nodes"]
            ]
    yield seen
    context.close()


def test_nothing_goes_wrong_and_nothing_leaves(visit):
    assert visit.said == []
    assert visit.outside == []
    assert visit.failed == []


def test_page_fits_the_window(visit):
    assert visit.widths[0] <= visit.widths[1], visit.wide
    assert visit.open_widths[0] <= visit.open_widths[1], f"with all parts unfolded: {visit.wide}"


def test_no_word_of_a_table_is_broken(visit):
    assert visit.broken == []


def test_charts_come_to_life_and_nothing_moves(visit):
    assert visit.states == ["live"] * visit.controlled
    assert len(visit.drawn) == visit.figures and all(height > 60 for height in visit.drawn), (
        f"a figure is not to be seen: {visit.drawn}"
    )
    moved = [
        (before, after)
        for before, after in zip(visit.drawn, visit.live, strict=True)
        if abs(before - after) > 2
    ]
    assert not moved, f"heights before and after: {moved}"
    assert sum(shift[0] for shift in visit.shifts) < 0.02, visit.shifts


@pytest.mark.parametrize("width", OPENED)
def test_the_menu_opens_and_leads_on(chromium, site, width):
    context, record = open_window(chromium, viewport={"width": width, "height": 900})
    window = context.new_page()
    window.goto(site + "book/about.html")
    menu, entry = (
        window.locator(".primary-toggle:visible"),
        window.get_by_role("link", name="Start here").first,
    )
    if width > 1000:  # there the menu stands open: the button folds it away, and brings it back
        menu.click()
        entry.wait_for(state="hidden", timeout=5_000)
    else:
        window.locator(".secondary-toggle:visible").click()
        window.locator("#pst-secondary-sidebar-modal[open]").wait_for(timeout=5_000)
        window.keyboard.press("Escape")
        assert not entry.is_visible()
    menu.click()
    entry.click(timeout=5_000)
    window.wait_for_url("**/start-here.html", timeout=5_000)
    assert not record.said
    context.close()


def test_axe_finds_no_fault(visit):
    assert not visit.faults, "\n".join(visit.faults[:12]) + f"\n{len(visit.faults)} in all"


def test_page_is_light(visit, html):
    fonts = {url for url in visit.asked if re.search(r"\.(woff2?|ttf)$", url)}
    type_ = {url for url in fonts if "/_static/fonts/" in url}
    assert fonts - type_ and weight(html, fonts - type_) < 10  # the icons in use, of 150 KB
    assert weight(html, type_) < 36
    assert weight(html, visit.asked) < 600
    assert not [url for url in visit.unused if url.endswith("vega.js")], "Vega before a control"
    assert weight(html, visit.unused) < 300, "read to its end, with no control used"


@pytest.mark.parametrize("page", CHARTED)
def test_the_first_figure_comes_early(html, page):
    """The page to the end of its first figure, with all scripts and sheets that its head names and all faces."""
    text = (html / page).read_text(encoding="utf-8")
    before = text[: text.index("</figure>", text.index("chart-figure"))]
    named = BeautifulSoup(before, "lxml").select(
        "link[rel=stylesheet], link[rel=preload], script[src]"
    )
    files = {(html / page).parent / urlparse(tag.get("href") or tag["src"]).path for tag in named}
    fonts = set((html / "_static").rglob("*.woff2"))
    sizes = [len(gzip.compress(body, mtime=0)) for body in map(Path.read_bytes, files | fonts)]
    assert len(files) > 10 and fonts and sum(path.stat().st_size for path in fonts) < 90 * 1024
    assert len(gzip.compress(before.encode(), mtime=0)) + sum(sizes) < 250 * 1024


@pytest.fixture(scope="module")
def parsed(html):
    """{path below the site's root: parsed page} of all pages."""
    return {
        path.relative_to(html).as_posix(): BeautifulSoup(path.read_text(encoding="utf-8"), "lxml")
        for path in sorted(html.rglob("*.html"))
        if "_static" not in path.parts
    }


def test_front_page_is_a_page(parsed):
    front = parsed["index.html"]
    assert front.html["lang"] == "en" and front.title.get_text(strip=True)
    assert front.find("h1") and not front.find("meta", attrs={"http-equiv": "refresh"})


def test_every_page_has_title_heading_and_version(parsed):
    for name, page in parsed.items():
        assert page.html.get("lang") == "en" and page.title.get_text(strip=True), name
        if name != "index.html" and page.find(
            "meta", attrs={"http-equiv": "refresh"}
        ):  # it leads on
            continue
        heads = [
            head for head in page.find_all("h1") if not head.find_parent(id="jb-print-docs-body")
        ]  # the theme's, for print
        assert len(heads) == 1, f"{name}: {len(heads)} headings of the first level"
        assert label() in page.find(class_="book-edition").get_text(), (
            f"{name}: no version at its foot"
        )


def test_every_link_inside_the_book_resolves(parsed, html):
    ids = {name: {tag["id"] for tag in page.find_all(id=True)} for name, page in parsed.items()}
    dead = []
    for name, page in parsed.items():
        for tag in page.find_all(["a", "link", "script", "img", "form", "source"]):
            target = next(
                (tag[key] for key in ("href", "src", "action", "srcset") if tag.get(key)), ""
            )
            if re.match(r"[a-z][\w+.-]*:|//", target) or target in ("", "#"):
                continue
            path, anchor = urldefrag(urljoin(f"http://book/{name}", target))
            path = unquote(urlparse(path).path).lstrip("/") or "index.html"
            if (
                not (html / path).is_file()
                or anchor
                and path in ids
                and unquote(anchor) not in ids[path]
            ):
                dead.append(f"{name}: {target}")
    assert not dead, "\n".join(sorted(set(dead)))


def test_addresses_outside_the_book_are_links_only(parsed):
    for name, page in parsed.items():
        for tag in page.find_all(["script", "img", "iframe", "link", "source"]):
            target = tag.get("src") or tag.get("href") or ""
            assert not re.match(r"(https?:)?//", target), f"{name}: {target}"


def test_every_figure_says_what_it_shows_and_has_its_data(parsed):
    figures = [
        (name, figure)
        for name, page in parsed.items()
        for figure in page.select("figure.chart-figure")
    ]
    assert figures
    for name, figure in figures:
        for view in figure.select(".chart-view"):
            assert view["role"] == "img" and len(view["aria-label"]) > 20, f"{name}: {figure['id']}"
        assert figure.select_one(".chart-view svg") and figure.select_one(".caption-number"), (
            f"{name}: {figure['id']}"
        )
        assert figure.select("details.figure-data tbody tr"), (
            f"{name}: {figure['id']} has no data table"
        )
        assert figure.select_one(".figure-source").get_text().startswith("Source: "), (
            f"{name}: {figure['id']}"
        )


def test_other_scripts_carry_their_language(parsed):
    for name, page in parsed.items():
        for text in (page.find("article") or page.new_tag("p")).find_all(
            string=re.compile("[\u0400-\u04ff\u3041-\u30ff\u4e00-\u9fff\uac00-\ud7a3]")
        ):
            if not text.find_parent(["script", "svg", "title"]):
                assert text.find_parent(lang=re.compile("^(ja|zh|ko|ru)")), (
                    f"{name}: {text.strip()[:40]!r} has no lang"
                )


def test_notes_for_instructors_are_on_their_pages_alone(html):
    for path in html.rglob("*"):
        if re.fullmatch(r"seminar/[\w-]+/instructor\.html", path.relative_to(html).as_posix()):
            assert 'content="noindex' in path.read_text(encoding="utf-8"), path
            continue
        assert "instructor" not in path.relative_to(html).as_posix(), path
        if path.suffix in (".html", ".js", ".ipynb", ".txt", ".md"):
            assert not re.search(r"(\*\*|<strong>)Misreading\.", path.read_text("utf-8", errors="replace")), path  # fmt: skip


def test_data_and_notebooks_can_be_downloaded(parsed, html):
    linked = {
        tag["href"].split("/")[-1] for page in parsed.values() for tag in page.select("a[href]")
    }
    names = [path.name for path in (ROOT / "data").glob("*.csv")]
    for name in names + [f"{name}.zip" for name in notebooks()]:
        assert name in linked, f"no page offers {name}"


@pytest.mark.parametrize("page", CHARTED)
def test_reading_without_scripts(chromium, site, html, page):
    """Every figure is there, in light colors, and what brings it there is light, too."""
    context, record = open_window(chromium, java_script_enabled=False, color_scheme="dark")
    window = context.new_page()
    window.goto(site + page)
    drawings = window.evaluate(
        CHARTS
        + ".map(chart => chart.querySelector('.chart-view svg').getBoundingClientRect()).map(box => [box.width, box.height])"
    )
    assert len(drawings) == window.locator("figure.chart-figure").count() > 0
    assert all(width > 200 and height > 100 for width, height in drawings), drawings
    assert (
        weight(html, set(record.asked) - {line.rsplit(": ", 1)[0] for line in record.failed}) < 250
    )  # the browser refuses the scripts
    paper, ink = (
        window.evaluate(f"getComputedStyle(document.querySelector('{where}')).{what}")
        for where, what in (("body", "backgroundColor"), ("article", "color"))
    )
    assert (
        min(map(float, re.findall(r"[\d.]+", paper)[:3])) > 230
        and max(map(float, re.findall(r"[\d.]+", ink)[:3])) < 100
    ), (paper, ink)
    table = window.locator("details.figure-data").first
    table.locator("> summary").click()
    assert table.locator("td").first.is_visible()
    assert record.outside == []
    context.close()


@pytest.mark.parametrize("page", CHARTED[:2])
def test_reading_from_disk(chromium, html, page):
    context, record = open_window(chromium)
    window = context.new_page()
    window.goto((html / page).as_uri())
    wake_charts(window)
    assert set(window.evaluate(STATES)) <= {"live"}
    assert record.outside == [] and record.failed == [] and record.said == []
    context.close()


@pytest.mark.parametrize("name", CONTROLLED)
def test_controls_change_the_figure_from_the_keyboard(chromium, site, name):
    context, record = open_window(chromium)
    window = context.new_page()
    window.goto(f"{site}{CONTROLLED[name]}")
    chart = window.locator(f"#{name} .chart").filter(visible=True)
    wake_charts(window)
    controls = chart.locator(".chart-controls :is(select, input)").all()
    assert len(controls) >= 2
    drawing = f"document.querySelector('#{name} .chart[data-state=live] .vega-embed svg').innerHTML"
    for number, control in enumerate(controls):
        assert control.evaluate(
            "control => control.labels.length && control.labels[0].innerText.trim()"
        ), f"control {number} has no label"
        before = window.evaluate(drawing)
        control.focus()
        for key in {"checkbox": ["Space"]}.get(
            control.get_attribute("type"), ["ArrowDown", "ArrowUp", "ArrowUp"]
        ):
            window.keyboard.press(key)
            window.wait_for_timeout(200)
            if changed := window.evaluate(drawing) != before:
                break
        assert changed, f"control {number} of {name} changes nothing"
    assert record.said == []
    context.close()


@pytest.mark.parametrize("page", ["book/lin-2025.html", "book/claims.html"])
def test_printed_page_is_whole_and_light(chromium, site, parsed, tmp_path, page):
    """Printed by a reader in dark mode: black on white, figures in one piece, addresses given, nothing that needs a screen."""
    for tool in ("pdftotext", "pdftoppm"):
        need(tool)
    context, _ = open_window(chromium, viewport={"width": 390, "height": 900}, color_scheme="dark")
    window = context.new_page()
    window.goto(site + page)
    wake_charts(window)
    window.pdf(path=str(tmp_path / "page.pdf"), format="A4")
    assert (
        window.evaluate("document.documentElement.dataset.theme") == "dark"
    )  # the reader's theme is back
    window.emulate_media(media="print")
    window.set_viewport_size({"width": 700, "height": 900})  # a sheet's
    shown = window.evaluate(
        "[...document.querySelectorAll('.chart')].map(chart => `${chart.className} ${chart.offsetParent ? 'shown' : 'left out'}`)"
    )
    assert set(shown) <= {"chart wide shown", "chart narrow left out"}
    for rest in (
        ".chart-controls",
        ".vega-embed",
        "details:not(.claim, .part-since, .part-end, .part-about)",
        ".table-filter input",
        ".bd-sidebar-primary",
        ".prev-next-footer",
        "#pst-header",
        ".bd-header-article",
    ):
        assert window.locator(rest).filter(visible=True).count() == 0, rest
    assert window.evaluate(
        "[...document.querySelectorAll('.table-scroll, .pst-scrollable-table-container')].every(e => e.scrollWidth <= e.clientWidth + 1)"
    ), "a table is cut off"
    for whole in ("figure.chart-figure", ".admonition.prompt", ".computed-cards blockquote"):
        assert window.evaluate(
            f"[...document.querySelectorAll('{whole}')].every(e => getComputedStyle(e).breakInside === 'avoid')"
        ), whole
    context.close()
    text = subprocess.run(
        ["pdftotext", "-raw", tmp_path / "page.pdf", "-"],
        capture_output=True,
        check=True,
        text=True,
    ).stdout
    sheets = [re.sub(r"\s", "", sheet) for sheet in text.split("\f")]
    folded = parsed[page].select("details:not(.claim, .part-since, .part-end, .part-about)")
    for link in parsed[page].select("article :is(p, li, td) > a.external[href^=http]"):
        if any(parent in folded for parent in link.find_parents("details")):
            continue  # rows behind a figure, which paper leaves out
        assert f"<{link['href']}>" in "".join(sheets), (
            f"the address of {link.get_text()!r} is not printed: {link['href']}"
        )
    for figure in parsed[page].select("figure.chart-figure"):
        found = [
            re.sub(r"\s", "", figure.select_one(part).get_text())[:30]
            for part in ("figcaption .caption-text", ".figure-source", ".chart.wide svg text")
        ]
        assert any(all(words in sheet for words in found) for sheet in sheets), (
            f"{figure['id']} is not on one sheet: {found}"
        )
    gray = subprocess.run(
        ["pdftoppm", "-r", "40", "-gray", "-l", "1", tmp_path / "page.pdf"],
        capture_output=True,
        check=True,
    ).stdout.split(b"\n", 3)[3]
    assert sum(gray) / len(gray) > 200 and sum(pixel < 110 for pixel in gray) > len(gray) / 100, (
        "the first sheet is not dark on white"
    )


def test_every_page_says_what_it_is_about(parsed, html):
    seen = {}
    for name in pages():
        page = parsed[name]
        told = {
            tag.get("property") or tag["name"]: tag["content"]
            for tag in page.select("meta[property], meta[name]")
        }
        assert (
            50 < len(told["description"]) <= 200 and told["og:description"] == told["description"]
        ), name
        assert (
            told["og:title"] in page.title.get_text()
            and told["og:site_name"]
            and "twitter:card" not in told
        ), name
        text = " ".join(page.find("article").get_text().split())
        assert told["description"].removesuffix(" …") in text, (
            f"{name}: the page does not say {told['description']!r}"
        )
        assert "og:url" not in told and not page.select("link[rel=canonical]"), (
            f"{name}: CITATION.cff names no address"
        )
        assert "og:image" not in told, f"{name}: a card has an absolute address, and there is none"
        picture = html / "_static" / "cards" / f"{PurePosixPath(name).stem}.png"
        assert picture.read_bytes()[16:24] == struct.pack(">II", 1200, 630), (
            f"{picture} is no PNG of 1200 by 630"
        )
        icons = [(html / name).parent / icon["href"] for icon in page.select("link[rel=icon]")]
        assert len(icons) == 2 and all(icon.is_file() for icon in icons), name
        assert told["description"] not in seen, (
            f"{name} and {seen[told['description']]} have one description"
        )
        seen[told["description"]] = name


def test_missing_page_leads_home(chromium, site, html):
    """A host shows 404.html in place of any missing page; it needs nothing beside it and finds the book above it."""
    page = (html / "404.html").read_text(encoding="utf-8")
    context, record = open_window(chromium)
    context.route(
        "**/no/such/page.html",
        lambda route: route.fulfill(status=404, content_type="text/html", body=page),
    )
    window = context.new_page()
    window.goto(site + "no/such/page.html")
    window.locator("#home").click()
    assert window.url == site and window.locator("h1").first.inner_text().startswith(
        "Alliances in Transition"
    )
    assert record.outside == []
    context.close()
    assert not re.findall(r'(?:src|href)="(?!data:|\./")', page), (
        "404.html asks for a file beside it"
    )


def test_boxes_hold_their_lists_and_show_no_icon(chromium, site):
    context, _ = open_window(chromium)
    window = context.new_page()
    window.goto(site + "book/johnson-2025.html")
    rooms = window.evaluate(
        "[...document.querySelectorAll('.admonition > :is(ol, ul)')].map(list => parseFloat(getComputedStyle(list).paddingLeft))"
    )
    assert rooms and min(rooms) >= 16, "numbers and bullets stand on the edge of the box"
    icons = window.evaluate(
        "[...document.querySelectorAll('.admonition:not(.prompt) > .admonition-title')].flatMap(title => ['::before', '::after'].map(part => getComputedStyle(title, part).content))"
    )
    assert icons and set(icons) == {"none"}
    context.close()


def test_templates_are_not_published(html):
    assert not list(html.rglob("*webpack-macros*"))


def test_the_ledger_can_be_narrowed_to_one_article_and_tells_no_tally(chromium, site):
    with open(ROOT / "data" / "articles.csv", encoding="utf-8", newline="") as file:
        articles = list(csv.DictReader(file))
    with open(ROOT / "data" / "claims.csv", encoding="utf-8", newline="") as file:
        claims = [row["article"] for row in csv.DictReader(file)]
    context, record = open_window(chromium)
    window = context.new_page()
    window.goto(site + "book/claims.html")
    choice, status = window.get_by_label("Article or section"), window.locator(".table-filter span")
    told = {
        option.get_attribute("value"): option.inner_text()
        for option in choice.locator("option").all()
    }
    for article in articles:
        assert told[article["id"]] == f"{article['name']}, all sections"
        choice.select_option(article["id"])
        assert status.inner_text() == f"{claims.count(article['id'])} of {len(claims)} claims"
        window.get_by_label("Verdict").select_option("supported")
        assert status.inner_text() == "Shown, not counted"
        window.get_by_label("Verdict").select_option("")
    assert record.outside == [] and record.failed == [] and record.said == []
    context.close()
