// Figures answer: the mark that is pointed at, tapped or reached by the arrow keys says what it is, beside it and in
// the line under the chart, which is read out. The marks of the drawing stand as data beside it; those of a live chart
// come with its event "drawn". No Vega is needed.
(function () {
  "use strict";
  var PART = "\u241f", REACH = 44;
  var MONTHS = /\b(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*\.?/g;

  function flat(text) { return text.replace(MONTHS, "$1").replace(/\s+/g, " ").trim().toLowerCase(); }
  function numeric(text) { return /^[+\u2212-]?[\d,]+(\.\d+)?$/.test(text) ? parseFloat(text.replace(/,/g, "").replace("\u2212", "-")) : NaN; }
  function once(text) { return text.split(", ").filter(function (part, n, parts) { return part && parts[n - 1] !== part; }).join(", "); }

  function read(point) {
    var parts = point[4].split(PART);
    return { x: point[0], y: point[1], wide: point[2], high: point[3], midX: point[0] + point[2] / 2, midY: point[1] + point[3] / 2,
      series: once(parts[0]), place: parts[1], what: parts[2], value: parts[3], range: parts[4], axis: parts[5] || "x" };
  }

  // The source of a mark: that of the row of the figure's table which fits it best; else the figure's own.
  function source(box, mark) {
    var shared = box.querySelector(".figure-rows");
    if (shared && shared.textContent.indexOf("computed from") < 0) return shared.textContent.replace(/^Source of all rows: /, "").replace(/\.$/, "");
    if (!box.tableRows) {
      box.tableRows = [];
      box.querySelectorAll("details.figure-data table").forEach(function (table) {
        var heads = Array.from(table.tHead.rows[0].cells).map(function (cell) { return cell.textContent; });
        var last = heads.lastIndexOf("Source") >= 0 ? heads.lastIndexOf("Source") : heads.indexOf("Read in");
        if (last >= 0) Array.from(table.tBodies[0].rows).forEach(function (row) {
          box.tableRows.push({ cells: Array.from(row.cells).map(function (cell) { return flat(cell.textContent); }), source: row.cells[last].textContent });
        });
      });
    }
    var best = 0, sources = [];
    var asked = mark.place.split(/, | to /).concat(mark.series.split(", ")).map(flat).filter(Boolean);
    box.tableRows.forEach(function (row) {
      var fits = 0, number = numeric(mark.value);
      asked.forEach(function (word) {
        fits += row.cells.some(function (cell) { return cell === word; }) ? 2 : row.cells.some(function (cell) { return cell.indexOf(word) >= 0; }) ? 1 : 0;
      });
      if (row.cells.some(function (cell) { return Math.abs(numeric(cell) - number) < .0051; })) fits += 2;
      if (fits > best) { best = fits; sources = []; }
      if (fits === best && fits && sources.indexOf(row.source) < 0) sources.push(row.source);
    });
    if (sources.length && sources.length < 3) return sources.join("; ");
    var line = box.querySelector(".figure-source");
    return line ? line.textContent.replace(/^Source: /, "").replace(/\.$/, "") : "";
  }

  function label(mark) { return [mark.series, mark.place].filter(Boolean).join(", "); }
  function amount(mark) { return mark.value + (mark.range ? ", " + mark.range : ""); }
  function full(mark) { return label(mark) + (mark.value ? (label(mark) ? ": " : "") + mark.what + ": " + amount(mark) : ""); }

  function setUp(chart) {
    var plot = chart.querySelector(".chart-plot"), box = chart.closest("figure, .chart-sketch") || chart.parentElement;
    var line = box.querySelector(".chart-answer"), data = box.querySelector(".chart-points");
    if (!plot || !line || !data) return;
    var kind = chart.classList.contains("narrow") ? "narrow" : "wide", marks, now = null;
    var extra = document.createElement("div");
    extra.className = "chart-over";
    extra.setAttribute("aria-hidden", "true");
    extra.innerHTML = '<div class="chart-rule"></div><div class="chart-mark"></div><div class="chart-tip"></div>';
    plot.appendChild(extra);
    var rule = extra.children[0], ring = extra.children[1], tip = extra.children[2];

    function take(points) {  // lines that only mark a level come last
      marks = points.map(read);
      marks = marks.filter(function (mark) { return mark.place; }).concat(marks.filter(function (mark) { return !mark.place; }));
      return marks;
    }
    function known() {
      var told = marks ? null : JSON.parse(data.textContent), edge = chart.dataset.covered;  // draw.js: what lies behind it is not told yet
      if (told) take(told[kind].map(function (point) { return point.slice(0, 4).concat(told.words[point[4]]); }));
      return edge ? marks.filter(function (mark) { return mark.midX < Number(edge); }) : marks;
    }
    function view() { return chart.querySelector(".chart-view:not(.drawn)"); }
    function scale() {
      var svg = view().querySelector("svg"), rect = svg.getBoundingClientRect(), around = plot.getBoundingClientRect();
      return { by: rect.width / svg.viewBox.baseVal.width, left: rect.left - around.left, top: rect.top - around.top, rect: rect };
    }
    function mates(mark) {  // marks of other series at the same place of the same plot
      return known().filter(function (other) {
        return other !== mark && mark.place && other.place === mark.place && other.series !== mark.series && other.value &&
          (mark.axis === "y" ? Math.abs(other.midY - mark.midY) < 1 : other.what === mark.what);
      });
    }

    function tell(mark) {
      if (!mark) {
        if (now) line.textContent = "";
        now = null;
        extra.classList.remove("shown");
        return;
      }
      if (mark === now) return;
      now = mark;
      var others = mates(mark), from = source(box, mark);
      var also = others.slice(0, 8).map(function (other) { return other.series + " " + amount(other); }).join("; ");
      line.textContent = full(mark) + "." + (also ? " Also " + mark.place + ": " + also + "." : "") + (from ? " Source: " + from + "." : "");
      tip.textContent = "";
      [["b", label(mark)], ["span", mark.value ? mark.what + ": " + amount(mark) : ""], ["span", also], ["small", from]].forEach(function (part) {
        if (!part[1]) return;
        var made = document.createElement(part[0]);
        made.textContent = part[1];
        tip.appendChild(made);
      });
      place(mark, others);
    }

    function place(mark, others) {
      var s = scale();
      extra.classList.add("shown");
      var pad = 3, wide = Math.max(mark.wide, 8) * s.by + 2 * pad, high = Math.max(mark.high, 8) * s.by + 2 * pad;
      ring.style.cssText = "left:" + (s.left + mark.midX * s.by - wide / 2) + "px;top:" + (s.top + mark.midY * s.by - high / 2) + "px;width:" + wide + "px;height:" + high + "px";
      ring.classList.toggle("round", mark.wide < 16 && mark.high < 16);
      var along = others.filter(function (other) { return mark.axis === "y" ? true : Math.abs(other.midX - mark.midX) < 1.5; }).concat(mark);
      rule.style.display = along.length > 1 ? "block" : "none";
      var xs = along.map(function (one) { return one.midX; }), ys = along.map(function (one) { return one.midY; });
      var min = Math.min, max = Math.max;
      rule.style.cssText += ";left:" + (s.left + min.apply(null, xs) * s.by) + "px;top:" + (s.top + min.apply(null, ys) * s.by) + "px;width:" +
        (mark.axis === "y" ? (max.apply(null, xs) - min.apply(null, xs)) * s.by : 0) + "px;height:" + (mark.axis === "y" ? 0 : (max.apply(null, ys) - min.apply(null, ys)) * s.by) + "px";
      tip.style.maxWidth = Math.min(300, plot.clientWidth - 8) + "px";
      var left = s.left + mark.midX * s.by + 12, top = s.top + mark.midY * s.by - tip.offsetHeight - 12;
      if (left + tip.offsetWidth > plot.clientWidth) left = s.left + mark.midX * s.by - tip.offsetWidth - 12;
      if (top < 0) top = s.top + mark.midY * s.by + 14;
      if (top + tip.offsetHeight > plot.clientHeight) top = plot.clientHeight - tip.offsetHeight;
      tip.style.left = max(0, min(left, plot.clientWidth - tip.offsetWidth)) + "px";
      tip.style.top = max(0, top) + "px";
    }

    function nearest(event) {
      var s = scale(), x = (event.clientX - s.rect.left) / s.by, y = (event.clientY - s.rect.top) / s.by, best = null, least = REACH / s.by;
      known().forEach(function (mark) {
        var far = Math.hypot(Math.max(mark.x - x, 0, x - mark.x - mark.wide), Math.max(mark.y - y, 0, y - mark.y - mark.high));
        far += Math.hypot(mark.midX - x, mark.midY - y) / 1000;  // of marks that lie on one another the smaller is meant
        if (far < least) { least = far; best = mark; }
      });
      return best;
    }

    plot.addEventListener("pointermove", function (event) { if (event.pointerType === "mouse") tell(nearest(event)); });
    plot.addEventListener("click", function (event) { tell(nearest(event)); });
    plot.addEventListener("pointerleave", function (event) { if (event.pointerType === "mouse" && document.activeElement !== view()) tell(null); });

    function step(key) {
      var every = known();
      if (!now || every.indexOf(now) < 0) return every[key === "End" ? every.length - 1 : 0];
      var groups = {};
      every.forEach(function (mark) { (groups[mark.series] = groups[mark.series] || []).push(mark); });
      var names = Object.keys(groups), flatOnly = names.length < 2 || names.length === every.length, on = now.axis === "y";
      var along = (flatOnly ? every : groups[now.series]).slice().sort(function (a, b) { return on ? a.midY - b.midY || a.midX - b.midX : a.midX - b.midX || a.midY - b.midY; });
      var at = along.indexOf(now), ahead = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: on || flatOnly ? 1 : 0, ArrowUp: on || flatOnly ? -1 : 0 };
      if (on && !flatOnly) ahead.ArrowRight = ahead.ArrowLeft = 0;
      if (key === "Home") return along[0];
      if (key === "End") return along[along.length - 1];
      if (ahead[key]) return along[Math.min(Math.max(at + ahead[key], 0), along.length - 1)];
      var next = names[names.indexOf(now.series) + (key === "ArrowDown" || key === "ArrowRight" ? 1 : -1)];
      if (next === undefined) return now;
      var from = on ? now.midY : now.midX;
      return groups[next].reduce(function (best, mark) {
        return Math.abs((on ? mark.midY : mark.midX) - from) < Math.abs((on ? best.midY : best.midX) - from) ? mark : best;
      });
    }

    function ready(element) {  // one stop for the tab key
      element.answering = true;
      element.tabIndex = 0;
      element.setAttribute("role", "application");
      element.setAttribute("aria-roledescription", "figure, arrow keys move between its marks");
      element.addEventListener("focus", function () { if (!now && element.matches(":focus-visible")) tell(known()[0]); });
      element.addEventListener("blur", function () { tell(null); });
      element.addEventListener("keydown", function (event) {
        if (event.ctrlKey || event.metaKey || event.altKey) return;
        if (event.key === "Escape") { tell(null); element.blur(); return; }
        if (!/^(Arrow(Left|Right|Up|Down)|Home|End)$/.test(event.key)) return;
        event.preventDefault();
        tell(step(event.key));
      });
    }
    if (JSON.parse(data.textContent)[kind].length) ready(plot.querySelector(".chart-view"));
    chart.addEventListener("drawn", function (event) {
      tell(null);
      take(event.detail);
      if (!chart.drawing.answering) ready(chart.drawing);
    });
  }

  document.querySelectorAll(".chart").forEach(setUp);
})();
