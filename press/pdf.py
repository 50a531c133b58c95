"""A PDF that a converter drew, with the same bytes for the same drawing."""

import io

import pikepdf


def stable_pdf(drawn):
    """Rewrite a PDF so that equal drawings have equal bytes; vl-convert orders objects at random."""
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(drawn)) as pdf:
        pdf.remove_unreferenced_resources()
        pdf.save(out, deterministic_id=True)
    return out.getvalue()
