"""The Sphinx extension that makes a book of the notebooks' outputs.

It turns a figure that `companion.figure` emitted into a numbered figure: in HTML an inline SVG that
is there before any script runs, with the specification beside it for `figures.js` to bring to life;
in the PDF and the EPUB a vector drawing, which says what its controls would show. It gives computed
tables their number and caption, re-runs a notebook when the data or code behind it change, and looks
after what themes and builders leave undone (parts in the PDF, language marks, a real front page, a
light page without outside requests).
"""

from docutils import nodes
from myst_nb.core import render
from sphinx import addnodes
from sphinx.util import texescape

from companion.data import load
from companion.output import listed, say
from press import chicago, formulas, parts_page, seminar_pages
from press.cells import FoldCode, depart_folded_code, folded_code, visit_folded_code
from press.chapter_end import ChapterEnd
from press.citing import tex
from press.edition import (
    PRESS,
    being_published,
    commit,
    day,
    label,
    latest_url,
    read_version,
    record_end,
    spell,
)
from press.epub import EPUB_SHEETS, begin_epub, finish_epub
from press.figure_page import skip, visit_data_table_html, visit_drawing_html, visit_drawing_text
from press.fonts import write_paper_fonts
from press.foreign import Unknown, find_foreign
from press.judge import JudgedOnPaper
from press.launch import launch_options, mend_links
from press.lighten import lighten_sheets
from press.menu import fill_built, word_menu
from press.notebook_zip import write_zips
from press.outputs import OutputRenderer, data_table, drawing
from press.pages import describe_edition, escape_title, fill_page, finish_page
from press.paper import Paper, latex
from press.paper_lists import Lists
from press.paper_text import PaperText
from press.parts import Claims, find_parts
from press.references import Numbers, Terms, enter_citations
from press.screen import OnScreen
from press.site import finish_html, leave_search
from press.stale import find_outdated
from press.timeline_drawing import TimelineSpread
from press.wide import Wide


def name_articles():
    """Return the TeX that tells the title page how many articles the book is about, and which."""
    rows = load("articles")
    told = listed(
        f"{author} ({publisher}, {published})"
        for author, publisher, published in zip(
            rows["author"], rows["publisher"], rows["published"]
        )
    )
    count = say("{n:word}", n=len(rows)).text
    return rf"\newcommand{{\companioncount}}{{{count}}}\newcommand{{\companionarticles}}{{{texescape.escape(told, 'xelatex')}}}"


def configure(app, config):
    """Set version, dates, addresses and the frames of LaTeX and EPUB, which `_config.yml` cannot compute."""
    config.version = config.release = read_version()
    config.epub_uid = config.epub_identifier = (
        f"alliances-in-transition-{config.version}"  # equal, as the two tables of contents must name one book
    )
    config.epub_cover = ("_static/cover.png", "epub-cover.html")
    config.html_baseurl = latest_url()  # Sphinx makes canonical links of it
    config.html_theme_options.update(
        launch_options(config.html_theme_options.get("launch_buttons", {}))
    )
    config.html_context.update(
        version=config.version,
        label=label(),
        edition=being_published(),
        record_end=spell(record_end()),
        latest_url=latest_url(),
    )
    config.epub_exclude_files = [
        *config.epub_exclude_files,
        *(
            f"_static/{path.relative_to(PRESS / 'static').as_posix()}"
            for path in sorted((PRESS / "static").rglob("*"))
            if path.suffix in (".css", ".txt", ".woff2") and path.name not in EPUB_SHEETS
        ),
    ]
    config.latex_additional_files = ["press/book.sty"]
    config.latex_elements = {
        "papersize": "a4paper",
        "pointsize": "10pt",
        "extraclassoptions": "openany,twoside",
        "geometry": r"\usepackage[paperwidth=178mm,paperheight=254mm,inner=21mm,outer=18mm,top=20mm,bottom=18mm,headsep=6mm,footskip=9mm]{geometry}",
        "fontpkg": "",
        "preamble": r"\usepackage{book}" + name_articles(),
        "sphinxsetup": "verbatimvisiblespace={},verbatimforcewraps=true",
        "fncychap": "",
        "figure_align": "!hb",  # never at the head of a page, which would part a sentence
        "makeindex": r"\usepackage{makeidx}\makeindex",
        "printindex": r"\printindex",
        "maketitle": rf"\companiontitle{{{tex(label())}}}{{{spell(day())}}}{{{commit()}}}{{{spell(record_end())}}}",
        "tableofcontents": r"\companioncontents",
    }


def add_parts(app, doctree):
    """Keep the text of the site's front page out of the PDF, and put a part's title before its chapters there.

    A figure of the front page stands in the PDF as well, before the first part: figures have one number everywhere.
    """
    if app.env.docname != app.config.root_doc:
        return
    section = next(doctree.findall(nodes.section))
    for child in list(section.children):
        toctree = next(child.findall(addnodes.toctree), None)
        drawn = next(child.findall(drawing), None)
        if toctree is None and drawn is None and not isinstance(child, nodes.title):
            child.replace_self(addnodes.only("", child.deepcopy(), expr="html"))
        elif drawn is not None:  # under no running head, which would say "Contents"
            child.replace_self([latex(r"\clearpage\markboth{}{}"), child])
        elif toctree is not None and toctree.get("caption"):
            child.replace_self([latex(r"\part{{{}}}".format(tex(toctree["caption"]))), child])


def setup(app):
    """Register the extension with Sphinx."""
    chicago.register(app)
    plugins = (
        render.load_mime_renders()
    )  # entry points would need packaging; a test holds that this list is what myst-nb reads
    for plugin in (OutputRenderer, Unknown):
        if plugin not in plugins:
            plugins.append(plugin)
    html_, other = (visit_drawing_html, None), (skip, None)
    app.add_node(
        drawing, html=html_, latex=other, text=(visit_drawing_text, None), man=other, texinfo=other
    )
    app.add_node(
        data_table,
        html=(visit_data_table_html, None),
        latex=other,
        text=other,
        man=other,
        texinfo=other,
    )
    app.add_node(folded_code, html=(visit_folded_code, depart_folded_code))
    parts_page.register(app)
    seminar_pages.register(app)
    formulas.register(app)
    for transform in (
        JudgedOnPaper,
        Wide,
        Paper,
        FoldCode,
        ChapterEnd,
        Claims,
        Numbers,
        Terms,
        OnScreen,
        TimelineSpread,
        Lists,
        PaperText,
    ):
        app.add_post_transform(transform)
    app.connect("config-inited", configure)
    app.connect("doctree-read", find_foreign)
    app.connect("doctree-read", add_parts)
    app.connect("doctree-read", find_parts)
    app.connect("env-updated", enter_citations, priority=900)  # after the citations are there
    app.connect("source-read", fill_page)
    app.connect("html-page-context", describe_edition)
    app.connect("env-get-outdated", find_outdated)
    app.connect("html-page-context", finish_page)
    app.connect("html-page-context", escape_title, priority=900)
    app.connect("html-page-context", word_menu, priority=600)  # the theme makes its menus at 501
    app.connect("html-page-context", mend_links, priority=600)
    app.connect("build-finished", finish_html)
    app.connect("build-finished", write_zips)
    app.connect("build-finished", fill_built)
    app.connect("build-finished", write_paper_fonts)
    app.connect("build-finished", lighten_sheets, priority=900)  # after all pages
    app.connect("builder-inited", begin_epub)
    app.connect("builder-inited", leave_search)
    app.connect("build-finished", finish_epub)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
