"""How the book and its figures are cited: a sentence, BibTeX, RIS."""

import re

from companion.markup import text
from press.edition import (
    NAME,
    being_published,
    citation,
    commit,
    day,
    label,
    latest_url,
    read_version,
    spell,
)

TEX = {
    "\\": r"\textbackslash{}",
    "{": r"\textbraceleft{}",  # BibTeX counts braces, a backslash before them or not
    "}": r"\textbraceright{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    **{sign: f"\\{sign}" for sign in "$&%#_"},
}


def tex(value):
    """Return a text as LaTeX and BibTeX print it."""
    return "".join(TEX.get(sign, sign) for sign in str(value))


def _line(value):
    return " ".join(str(value).split())


def bibtex(kind, key, fields):
    """Return an entry of BibTeX, {field: text}; empty fields are left out.

    Author and title stand in two pairs of braces: styles would take the one apart and the other to lower case.
    """
    lines = []
    for name, value in fields.items():
        if not value:
            continue
        if name == "url":  # printed as it stands
            shown = re.sub(r"[\\{}\s]", lambda found: f"%{ord(found[0]):02X}", value)
        else:
            shown = tex(_line(value))
        lines.append(
            f"  {name} = {{{{{shown}}}}}"
            if name in ("author", "title")
            else f"  {name} = {{{shown}}}"
        )
    return f"@{kind}{{{key},\n" + ",\n".join(lines) + "\n}"


def ris(kind, pairs):
    """Return an entry of RIS from [(tag, text)]; empty ones are left out."""
    told = [("TY", kind), *((tag, _line(value)) for tag, value in pairs if value), ("ER", "")]
    return "\n".join(f"{tag}  - {value}" for tag, value in told)


def cite():
    """Return how to cite this copy: {"text" (Markdown), "bibtex", "ris"}, all from CITATION.cff."""
    about, when = citation(), day()
    who, title, which = about["authors"][0]["name"], about["title"], label()
    which = which if being_published() else f"{which}, commit {commit()}"
    url = about.get("url", "")
    written = f"{text(who[0].upper() + who[1:])}. {when[:4]}. *{text(title)}*. {which[0].upper()}{which[1:]}, {spell(when)}."
    return {
        "text": written + (f" <{url}>" if url else ""),
        "bibtex": bibtex(
            "book",
            f"{NAME}-{read_version()}",
            {
                "author": who,
                "title": title,
                "edition": which,
                "year": when[:4],
                "date": when,
                "url": url,
            },
        ),
        "ris": ris(
            "BOOK",
            [
                ("AU", who),
                ("TI", title),
                ("ET", which),
                ("PY", when[:4]),
                ("DA", when.replace("-", "/")),
                ("UR", url),
            ],
        ),
    }


SENTENCE = re.compile(
    r"(?<=[.?!])"
    r"(?<!\b[A-Z]\.)(?<!\b(?:No|St|Mr|Dr|vs|cf)\.)"
    r"(?<!\b(?:Jan|Feb|Mar|Apr|Aug|Sep|Oct|Nov|Dec)\.)"
    r"\s+(?=[^a-z\s])"
)


def first_sentence(caption):
    """Return the first sentence of a caption, without its period."""
    return SENTENCE.split(_line(caption))[0].rstrip(".")


def about_copy():
    """Return what a figure's citation says of this copy: {who, title, which, when, base}.

    `which` is "edition 2026.11.1" or "draft after 2026.11.1"; `base` the address below which the copy stands,
    for a draft that of the newest edition, or "" where CITATION.cff has no `url`.
    """
    about, version = citation(), being_published()
    base = latest_url()
    return {
        "who": about["authors"][0]["name"],
        "title": about["title"],
        "which": label(),
        "when": day(),
        "base": f"{base.removesuffix('latest/')}{version}/" if base and version else base,
    }


def cite_figure(copy, name, number, caption, source):
    """Return how to cite a figure: {"text", "bibtex", "ris"}; the data's source first, the companion second.

    `copy`: what `about_copy` returns; `caption` and `source` are text.
    """
    said, year = first_sentence(caption), copy["when"][:4]
    title = f"Figure {number}: {said}"
    where = f"{copy['title']}, {copy['which']}"
    url = f"{copy['base']}figures/{name}.html" if copy["base"] else ""
    quoted = f"“{said}”" if said.endswith(("?", "!")) else f"“{said},”"
    address = f" {url}." if url else ""
    return {
        "text": f"{source}. Figure {number}, {quoted} in {copy['who'][0].upper()}{copy['who'][1:]}, {where} ({year}), figure {name}.{address}",
        "bibtex": bibtex(
            "misc",
            name,
            {
                "author": copy["who"],
                "title": title,
                "year": year,
                "date": copy["when"],
                "howpublished": where,
                "edition": copy["which"],
                "note": f"Data: {source}",
                "url": url,
            },
        )
        + "\n",
        "ris": ris(
            "FIGURE",
            [
                ("ID", name),
                ("AU", copy["who"]),
                ("TI", title),
                ("T2", copy["title"]),
                ("ET", copy["which"]),
                ("PY", year),
                ("DA", copy["when"].replace("-", "/")),
                ("N1", f"Data: {source}"),
                ("UR", url),
            ],
        )
        + "\n",
    }
