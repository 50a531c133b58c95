"""Files of an edition whose bytes depend on the book alone: zips, and the list of all sums."""

import hashlib
import zipfile

EXEMPT = ("MANIFEST.sha256", "_static/editions.js")
"""What no manifest lists: itself, and the list of editions, which every later edition renews."""


def pack_files(target, top, files, when):
    """Write files, (name, bytes) in their order, as a zip whose bytes depend on them alone; all stand below `top` in it, dated `when` (a time tuple)."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as out:
        for name, body in files:
            entry = zipfile.ZipInfo(f"{top}/{name}", when)
            entry.external_attr, entry.compress_type = 0o644 << 16, zipfile.ZIP_DEFLATED
            out.writestr(entry, body)


def pack(folder, target, top, when):
    """Write a folder as such a zip."""
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    files = ((path.relative_to(folder).as_posix(), path.read_bytes()) for path in paths)
    pack_files(target, top, files, when)


def manifest(folder):
    """Return the sums of a folder's files but EXEMPT, in the form that `sha256sum --check` reads."""
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    names = [(path, path.relative_to(folder).as_posix()) for path in paths]
    return "".join(
        f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {name}\n"
        for path, name in names
        if name not in EXEMPT
    )
