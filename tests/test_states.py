"""Every state of every figure is right: whole words, none over another, a legend for what is drawn, years in their place.

Each stored figure is put, wide and narrow, into a page of its own with the scripts of the book, and its controls are
walked: every option of every select with both states of every checkbox, and ends and middle of every slider.
"""

import itertools
import json
import shutil

import pytest
from conftest import ROOT, drawing_html, open_window

from press.check_figures import stored
from press.site import vega_bundle

NAMED = {
    spec["usermeta"]["companion"]["name"]: spec
    for _, spec in stored()
    if "name" in spec["usermeta"]["companion"]
}
CONTROLLED = sorted(name for name, spec in NAMED.items() if '"bind"' in json.dumps(spec))
WIDTHS = {"wide": 720, "narrow": 350}
PROBE = """box => {
  const found = [], svg = box.querySelector('.chart-view:not(.drawn) svg'), S = svg.getBoundingClientRect();
  const by = S.width / svg.viewBox.baseVal.width;
  if (by > 1.2 || by < .95) found.push(`the drawing is stretched by ${by.toFixed(2)}`);
  const inside = (node, name) => { for (let n = node; n && n !== svg; n = n.parentNode) if (n.classList && n.classList.contains(name)) return true; return false; };
  const texts = [...svg.querySelectorAll('text')].filter(t => t.textContent.trim() && getComputedStyle(t).opacity > 0).map(t => {
    const r = t.getBoundingClientRect(), trim = Math.min(3.5, r.height * .2);
    return { t, say: t.textContent, l: r.left + 1, r: r.right - 1, u: r.top + trim, d: r.bottom - trim, halo: t.getAttribute('stroke') && t.getAttribute('stroke') !== 'none' };
  });
  const shown = texts.filter(t => !t.halo);
  const haloed = t => texts.some(h => h.halo && h.say === t.say && Math.abs(h.l - t.l) < 4 && Math.abs(h.u - t.u) < 4);
  for (const t of shown) {
    if (t.l < S.left + .5 || t.r > S.right - .5 || t.u < S.top - 1 || t.d > S.bottom + 1) found.push(`"${t.say}" leaves the drawing`);
    const size = parseFloat(t.t.getAttribute('font-size')) * by;
    if (size < 10.9 || size > 17) found.push(`"${t.say}" is ${size.toFixed(1)} pixels high`);
  }
  shown.forEach((a, i) => shown.slice(i + 1).forEach(b => {
    if (a.l < b.r && b.l < a.r && a.u < b.d && b.u < a.d) found.push(`"${a.say}" lies on "${b.say}"`);
  }));
  const bars = [...svg.querySelectorAll('.mark-rule.role-mark line')].map(n => n.getBoundingClientRect());
  const paths = [...svg.querySelectorAll('.mark-line.role-mark path')].map(n => {
    const m = n.getScreenCTM(), all = n.getTotalLength(), out = [];
    for (let at = 0; at <= all; at += 2) { const p = n.getPointAtLength(at); out.push([p.x * m.a + m.e, p.y * m.d + m.f]); }
    return out;
  });
  const dots = [...svg.querySelectorAll('.mark-symbol.role-mark path')].map(n => n.getBoundingClientRect());
  for (const t of shown) {
    if (!inside(t.t, 'role-mark')) continue;
    const mid = (t.u + t.d) / 2, band = (t.d - t.u) / 4;
    const struck = paths.some(p => p.some(([x, y]) => x > t.l + 2 && x < t.r - 2 && Math.abs(y - mid) < band * 2));
    if (struck) found.push(`a line strikes "${t.say}"`);
    if (!haloed(t) && bars.some(r => r.left < t.r - 2 && r.right > t.l + 2 && r.top < mid + band && r.bottom > mid - band)) found.push(`a rule strikes "${t.say}"`);
    if (dots.some(r => { const x = (r.left + r.right) / 2, y = (r.top + r.bottom) / 2; return x > t.l + 2 && x < t.r - 2 && Math.abs(y - mid) < band * 2; })) found.push(`a point lies on "${t.say}"`);
  }
  const paint = n => [n.getAttribute('fill'), n.getAttribute('stroke')].filter(c => c && c !== 'none' && c !== 'transparent').map(c => c.toLowerCase());
  const letters = n => (n.getAttribute('d') || '').replace(/[^A-Za-z]/g, '');
  const marks = [...svg.querySelectorAll('.role-mark:not(.mark-text) :is(path, line, rect)')].filter(n => !inside(n, 'mark-group') || true);
  const colors = new Set(marks.flatMap(paint)), shapes = new Set([...svg.querySelectorAll('.mark-symbol.role-mark path')].map(letters));
  svg.querySelectorAll('.role-legend').forEach(legend => {
    const symbols = [...legend.querySelectorAll('.role-legend-symbol path')], labels = [...legend.querySelectorAll('.role-legend-label text')];
    const many = new Set(symbols.map(n => paint(n).join())).size > 1;
    symbols.forEach((n, i) => {
      const colored = paint(n).some(c => colors.has(c)), shaped = shapes.has(letters(n));
      const drawn = many ? colored && (shaped || !shapes.size || svg.querySelector('.mark-line.role-mark, .mark-rect.role-mark')) : shaped || colored && !shapes.size;
      if (!drawn) found.push(`the legend names "${labels[i] && labels[i].textContent}", which is not drawn`);
    });
  });
  svg.querySelectorAll('.role-axis-label').forEach(axis => {
    const years = [...axis.querySelectorAll('text')].filter(t => /^(19|20)\\d\\d$/.test(t.textContent)).map(t => { const r = t.getBoundingClientRect(); return [+t.textContent, (r.left + r.right) / 2]; });
    if (years.length < 3) return;
    const [a, b] = [years[0], years[years.length - 1]];
    for (const [year, x] of years) if (Math.abs(a[1] + (year - a[0]) * (b[1] - a[1]) / (b[0] - a[0]) - x) > 3) { found.push(`the year ${year} is out of its place`); return; }
  });
  return found;
}"""


@pytest.fixture(scope="module")
def shelf(tmp_path_factory):
    """A folder with a page for each figure and kind, and the book's scripts."""
    folder = tmp_path_factory.mktemp("states")
    for name in ("figures.js", "answers.js", "figures.css"):
        shutil.copy(ROOT / "press" / "static" / name, folder)
    shutil.copy(vega_bundle(), folder / "vega.js")
    return folder


def write_page(folder, name, kind):
    """Write the page of a figure; returns its address."""
    spec = NAMED[name]
    other = "narrow" if kind == "wide" else "wide"
    path = folder / f"{name}-{kind}.html"
    path.write_text(
        f'<!doctype html><meta charset="utf-8"><link rel="stylesheet" href="figures.css"><style>body {{ margin: 20px; }} figure {{ margin: 0; width: {WIDTHS[kind] if kind == "narrow" else 704}px; }}'
        f" .chart.{kind} {{ display: block !important; }} .chart.{other} {{ display: none !important; }}</style>"
        f'<figure id="{name}">{drawing_html(spec)}<p class="figure-source">Source: {spec["usermeta"]["companion"]["source"]}.</p></figure>'
        '<script src="figures.js"></script><script src="answers.js"></script>',
        encoding="utf-8",
    )
    return path.as_uri()


def states(window, kind):
    """The states of the controls of a figure: lists of values, one for each control; that in which it begins is the last."""
    ways = window.evaluate(
        """kind => [...document.querySelectorAll(`.chart.${kind} [data-signal]`)].map(c => c.type === 'checkbox' ? [false, true]
            : c.tagName === 'SELECT' ? [...c.options].map(o => o.value)
            : [c.min, String(Math.round((+c.min + +c.max) / 2 / c.step) * c.step), c.max])""",
        kind,
    )
    begins = window.evaluate(
        """kind => [...document.querySelectorAll(`.chart.${kind} [data-signal]`)].map(c => c.type === 'checkbox' ? c.checked : c.value)""",
        kind,
    )
    return [state for state in itertools.product(*ways) if list(state) != begins] + [begins]


def walk(chromium, folder, name, kind):
    """Yield (state, what is wrong with it, its text alternative) for the drawing and each state of a figure."""
    context, record = open_window(chromium, viewport={"width": WIDTHS[kind] + 40, "height": 900})
    window = context.new_page()
    window.goto(write_page(folder, name, kind))
    box = f"document.querySelector('.chart.{kind}')"
    label = f"{box}.querySelector('.chart-view:not(.drawn)').getAttribute('aria-label')"
    yield (), window.evaluate(f"({PROBE})({box})"), window.evaluate(label)
    for state in states(window, kind) if name in CONTROLLED else ():
        window.evaluate(
            """([kind, values]) => { const chart = document.querySelector('.chart.' + kind);
                const done = new Promise(ready => chart.addEventListener('drawn', () => setTimeout(ready, 0), { once: true }));
                chart.querySelectorAll('[data-signal]').forEach((c, n) => { if (c.type === 'checkbox') c.checked = values[n]; else c.value = values[n]; });
                chart.querySelector('[data-signal]').dispatchEvent(new Event('input', { bubbles: true })); return done; }""",
            [kind, list(state)],
        )
        yield state, window.evaluate(f"({PROBE})({box})"), window.evaluate(label)
    context.close()
    assert record.said == [], record.said


def told(found):
    """What is wrong, by state, for people."""
    return "\n".join(
        f"{state or 'as drawn'}: {fault}" for state, faults, _ in found for fault in faults
    )


@pytest.mark.parametrize(
    "name",
    sorted({"fig-budget-explorer", "fig-burden-lines", "fig-johnson-democracy"} & set(NAMED)),
)
@pytest.mark.parametrize("kind", WIDTHS)
def test_states_of_some_figures(chromium, shelf, name, kind):
    assert not (faults := told(list(walk(chromium, shelf, name, kind)))), faults


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(NAMED))
@pytest.mark.parametrize("kind", WIDTHS)
def test_every_state_of_every_figure(chromium, shelf, name, kind):
    found = list(walk(chromium, shelf, name, kind))
    assert not (faults := told(found)), faults
    (_, _, first), *others = found
    alternatives = [alternative for _, _, alternative in others]
    assert len(set(alternatives)) == len(others), "two states have one text alternative"
    assert not others or first == alternatives[-1], "the state a figure begins in keeps its own"
