"""After the pages are written: Vega and icons beside them, redirects, a light page without scripts, a real front page."""

import html
import os
import re
import shutil
from pathlib import Path

import vl_convert
from fontTools import subset
from sphinx.util.osutil import relative_uri

from press.changes import folder_tree, redirects
from press.downloads import lead_on
from press.drawing import VEGA_LITE, png
from press.edition import PRESS, ROOT
from press.outputs import log
from press.painter import await_drawings
from press.previews import write_finding


def vega_bundle():
    """Return the path of the one script file that draws charts, made from what vl-convert carries and kept in _build/.figures."""
    path = ROOT / "_build" / ".figures" / f"vega-{vl_convert.__version__}-{VEGA_LITE}.js"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        bundle = vl_convert.javascript_bundle("window.vegaEmbed = vegaEmbed;", vl_version=VEGA_LITE)
        # Its top-level names would collide with the theme's.
        path.write_text("(function () {\n" + bundle + "\n})();\n", encoding="utf-8")
    return path


ICONS = (
    0xF0C9,
    0xF002,
    0xF019,
    0xF0EB,
    0xF05A,
    0xF071,
    0xF186,
    0xF185,
    0xF042,
    0xF054,
    0xF053,
    0xF104,
    0xF105,
    0xF107,
    0xF078,
    0xF077,
    0xF15B,
    0xF1C1,
    0xF1C9,
    0xF065,
    0xF00D,
    0xF0C1,
    0xF062,
    0xF03A,
    0xF111,
    0xF06A,
    0xF0F3,
    0xF02D,
    0xF0A4,
    0xF057,
    0xF060,
    0xF061,
    0xF35D,
    0xF0CA,
    0xF03E,
    0xF24D,
    0xF058,
    0xF1F8,
    0xF02E,
    0xF0F6,
    0xF7D9,
    0xF135,  # the launch menu, and the hosts of a repository
    0xF09B,
    0xF296,
    0xF171,
)


def cut_icons(path):
    """Cut the theme's icon font down to the icons in use (156 KB become a few), in its place, so that no page can ask for the whole one."""
    options = subset.Options(flavor="woff2")
    font = subset.load_font(str(path), options)
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=ICONS)
    cutter.subset(font)
    font["head"].modified = font["head"].created
    subset.save_font(font, str(path), options)


MOVED = "This page has moved"


def write_redirects(out, env):
    """Write a page that leads on at each old address of book/redirects.txt, after removing what an earlier build left there and of figures that are gone.

    Returns what is wrong, a line each: an old address that is in use, a new one that is not.
    """
    figures = {name for kinds in env.toc_fignumbers.values() for name in kinds.get("figure", {})}
    left = [
        path for path in (out / "figures").glob("*") if path.name.partition(".")[0] not in figures
    ]
    for path in {
        *left,
        *(
            path
            for path in out.rglob("*.html")
            if f"<title>{MOVED}" in path.read_text(encoding="utf-8")
        ),
    }:
        path.unlink()
    there, faults = env.found_docs | {f"figures/{name}" for name in figures}, []
    try:
        told = redirects(folder_tree(ROOT))
    except ValueError as error:
        return [str(error)]
    for old, new in told.items():
        if old in there or new not in there:
            faults.append(
                f"book/redirects.txt: found {old} {new}; expected "
                + (
                    "an old address that nothing has any more"
                    if old in there
                    else "a new address that the book has"
                )
            )
        else:
            lead_on(
                out / f"{old}.html",
                relative_uri(f"{old}.html", f"{new}.html"),
                MOVED,
                env.config.html_baseurl and f"{env.config.html_baseurl}{new}.html",
            )
    return faults


UNTHEMED = 'document.documentElement.dataset.theme = localStorage.getItem("theme") || "auto";'
THEMED = (
    'document.documentElement.dataset.theme = document.documentElement.dataset.mode !== "auto" ? document.documentElement.dataset.mode'
    ' : matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";'
)
"""The theme's line leaves a page without colors and borders until its own script has come, and things move when it does."""


def leave_search(app):
    """Write no index of Sphinx's own, which drops numbers, ids and short words (the event `builder-inited`)."""
    app.builder.search = False


def finish_html(app, error):
    """After a build: Vega and icons beside the pages, a light page without scripts, and a real front page."""
    if error or app.builder.name != "html":
        return
    await_drawings()
    out = Path(app.outdir)
    shutil.copyfile(vega_bundle(), out / "_static" / "vega.js")
    favicon = (PRESS / "static" / "favicon.svg").read_text(encoding="utf-8")
    shutil.copyfile(png(favicon, scale=6), out / "_static" / "favicon.png")
    theme = out / "_static" / "scripts" / "sphinx-book-theme.js"
    # On a page without headings it looks in vain for the contents that a margin would cover.
    told = theme.read_text(encoding="utf-8")
    theme.write_text(
        told.replace(
            '"div.bd-sidebar-secondary").classList', '"div.bd-sidebar-secondary")?.classList'
        ),
        encoding="utf-8",
    )
    for leftover in (
        "webpack-macros.html",
        "sbt-webpack-macros.html",
    ):  # templates, which the theme keeps among its static files
        (out / "_static" / leftover).unlink(missing_ok=True)
    fonts = out / "_static" / "vendor" / "fontawesome" / "webfonts"
    for icons in (fonts / "fa-solid-900.woff2", fonts / "fa-brands-400.woff2"):
        if icons.exists() and icons.stat().st_size > 50_000:  # as the theme brought it
            cut_icons(icons)
    for page in out.rglob("*.html"):
        text = page.read_text(encoding="utf-8").replace(
            'data-theme="auto"', 'data-theme="light"', 1
        )
        text = text.replace(UNTHEMED, THEMED)
        # The theme brings Sphinx's search to every page; search.js takes its place.
        text = re.sub(
            r'<script src="[^"]*(?:searchtools|language_data|searchindex)\.js"></script>\s*',
            "",
            text,
        )
        # A script that differs from page to page would need a hash a page; nothing asks for this one.
        text = re.sub(r"<script>DOCUMENTATION_OPTIONS\.pagename = [^<]*</script>\s*", "", text)
        text = text.replace(' onclick="window.print()"', " data-print")
        # The first build of a folder computes this sum before the file is there, a second one after.
        page.write_text(re.sub(r"(mystnb\.\w+\.css)\?v=\w+", r"\1", text), encoding="utf-8")
    write_front_page(out, app.config.root_doc)
    for leftover in ("searchindex.js", "_static/searchtools.js", "_static/language_data.js"):
        (out / leftover).unlink(missing_ok=True)
    write_finding(out, app.env)
    write_sitemap(out, app.env)
    for fault in write_redirects(out, app.env):
        log.warning(fault)


def write_sitemap(out, env):
    """Write the list of the book's pages for search engines, where the book knows its address; else none stands there."""
    path, base = out / "sitemap.xml", env.config.html_baseurl
    path.unlink(missing_ok=True)
    if base:
        pages = ["", *(f"{page}.html" for page in sorted(env.found_docs - {env.config.root_doc}))]
        told = "".join(f"<url><loc>{html.escape(base + page)}</loc></url>\n" for page in pages)
        path.write_text(
            '<?xml version="1.0" encoding="UTF-8"?>\n'
            f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n{told}</urlset>\n',
            encoding="utf-8",
        )


def write_front_page(out, root):
    """Write index.html as the front page itself: the root page, one folder up."""
    folder = os.path.dirname(root)
    text = (out / f"{root}.html").read_text(encoding="utf-8")

    def lift(match):
        target = match[3]
        if re.match(r"[a-z]+:|//|#", target) or target == "":
            return match[0]
        path, mark, rest = re.match(r"([^?#]*)([?#]?)(.*)", target, re.S).groups()
        path = os.path.normpath(os.path.join(folder, path)).replace(os.sep, "/") + (
            "/" if path.endswith("/") else ""
        )
        return f"{match[1]}={match[2]}{path}{mark}{rest}{match[2]}"

    text = re.sub(r'\b(href|src|action)=(")([^"]*)"', lift, text)
    text = text.replace('data-content_root="../"', 'data-content_root="./"').replace(
        'content="../_static/', 'content="_static/'
    )
    (out / "index.html").write_text(text, encoding="utf-8")
