"""The theme's style sheets, cut down to what some page of the site uses.

They bring all of Bootstrap and a rule for each of 1,900 icons, and every reader would load them. A rule stays
if each class that it names stands in a page or in a script, which may set it later.
"""

import re
from pathlib import Path

SHEETS = ("styles/pydata-sphinx-theme.css", "styles/sphinx-book-theme.css", "sphinx-design.min.css")
"""Style sheets of the theme and of its extensions, below _static."""

RULE = re.compile(r"(?P<names>[^{}@;/]+)\{(?P<body>[^{}]*)\}")
NOT = re.compile(r":not\([^()]*\)")
CLASS = re.compile(r"\.(-?[A-Za-z_][\w-]*)")
WORD = re.compile(r"[A-Za-z_-][\w-]*")


def classes_in(folder):
    """Return the names of all classes that pages below a folder have or that its scripts name, Vega's apart."""
    used = set()
    for page in folder.rglob("*.html"):
        text = page.read_text(encoding="utf-8")
        for told in re.findall(r'class="([^"]*)"', text):
            used.update(told.split())
        for told in re.findall(r"<script>(.*?)</script>", text, re.S):
            used.update(re.findall(WORD, told))
    for script in (folder / "_static").rglob("*.js"):
        if script.name != "vega.js":
            used.update(re.findall(WORD, script.read_text(encoding="utf-8")))
    return used


def lighten(sheet, used):
    """Return a style sheet without the rules whose selectors name a class that is not `used`.

    A selector with a list in brackets, such as `:is(.a, .b)`, stays whole.
    """

    def keep(rule):
        told = rule["names"]
        if re.search(r"\([^()]*,", told):
            return rule[0]
        names = [one for one in told.split(",") if set(CLASS.findall(NOT.sub("", one))) <= used]
        return f"{','.join(names)}{{{rule['body']}}}" if names else ""

    return re.sub(r"@media[^{}]+\{\s*\}", "", RULE.sub(keep, sheet))


def lighten_sheets(app, error):
    """Cut the theme's style sheets down to what the pages of a site use (the event `build-finished`, after all pages)."""
    if error or app.builder.name != "html":
        return
    used = classes_in(Path(app.outdir))
    for name in SHEETS:
        path = Path(app.outdir) / "_static" / name
        path.write_text(lighten(path.read_text(encoding="utf-8"), used), encoding="utf-8")
