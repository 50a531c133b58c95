"""Put what was built in the place of the good one, so that a kill at any moment leaves a whole one."""

import os
import shutil


def put_in_place(new, good, stamp=None, inputs=""):
    """Put the folder or file `new` in the place of `good`, then write `inputs` into the file `stamp`.

    The stamp says what `good` was made from; it goes before anything moves, so that it never speaks
    for a folder that is half there. A file is replaced in one step. A folder goes by way of
    `<name>.aside`, which `restore` knows. Errors: OSError, with the good one where it was.
    """
    good.parent.mkdir(parents=True, exist_ok=True)
    if stamp:
        stamp.unlink(missing_ok=True)
    aside = _aside(good)
    if new.is_dir():
        if aside.exists():
            restore(good.parent)
        if good.exists():
            good.rename(aside)
        try:
            new.rename(good)
        except OSError:
            if aside.exists():
                aside.rename(good)
            raise
        shutil.rmtree(aside, ignore_errors=True)
    else:
        os.replace(new, good)
    if stamp:
        write(stamp, inputs)


def write(path, text):
    """Write a text file in one step: it holds the old text or the new, never a part of it."""
    new = path.with_name(f"{path.name}.new")
    new.write_text(text, encoding="utf-8", newline="\n")
    os.replace(new, path)


def restore(folder):
    """Put back what a killed `put_in_place` left aside in a folder, or delete it where the new one is in place."""
    for aside in folder.glob("*.aside"):
        good = aside.with_name(aside.name.removesuffix(".aside"))
        if good.exists():
            shutil.rmtree(aside, ignore_errors=True)
        else:
            aside.rename(good)


def _aside(good):
    return good.with_name(f"{good.name}.aside")
