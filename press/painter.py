"""Draws while Sphinx reads and writes: in a process, since vl-convert holds Python's lock as long as it draws."""

import shutil
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

from press.answers import answering
from press.drawing import draw, has_png, is_drawn, narrow, png

PAINTER = ProcessPoolExecutor(1, get_context("spawn"))
COMING = {}  # name of a figure or path of a picture: what the painter is at


def draw_ahead(name, spec):
    """Begin to draw what the HTML page will ask for of a figure."""
    if not is_drawn(spec, "svg"):
        COMING[name] = PAINTER.submit(_draw_page, spec)


def _draw_page(spec):
    for shown in (spec, narrow(spec)):
        draw(shown, "svg")
        draw(answering(shown), "scene")


def paint(svg, path, scale=2):
    """Begin to write an SVG as PNG of `scale` times its size; it is there after `await_drawings`."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if has_png(svg, scale):
        _write(svg, path, scale)
    else:
        COMING[path] = PAINTER.submit(_write, svg, path, scale)


def _write(svg, path, scale):
    shutil.copyfile(png(svg, scale), path)


def await_drawing(name):
    """Wait until what was begun under a name is drawn; raises what went wrong there."""
    if name in COMING:
        COMING.pop(name).result()


def await_drawings():
    """Wait until all is drawn that was begun."""
    for name in list(COMING):
        await_drawing(name)
