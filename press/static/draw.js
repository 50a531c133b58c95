// Draw it before you see it: the last years of a figure lie under a band until the reader has drawn them with a pointer,
// or typed them, and asked for the record. Where years and values lie is read from the marks beside the drawing. What
// was drawn stays in this browser. Without scripts nothing is covered.
(function () {
  "use strict";
  var PART = "\u241f", SVG = "http://www.w3.org/2000/svg", OWN = "#6b2c66";

  function all(within, what) { return Array.from(within.querySelectorAll(what)); }
  function number(text) { return parseFloat(text.replace(/,/g, "").replace("\u2212", "-")); }
  function made(parent, tag, told, text) {
    var element = document.createElementNS(SVG, tag);
    Object.keys(told).forEach(function (key) { element.setAttribute(key, told[key]); });
    if (text) element.textContent = text;
    return parent.appendChild(element);
  }

  function setUp(form) {
    var box = form.closest("figure"), asked = JSON.parse(form.querySelector("script").textContent), key = "draw " + box.id;
    var inputs = all(form, "input"), button = form.querySelector("button"), said = form.querySelector(".draw-said");
    var charts = all(box, ".chart"), marks = JSON.parse(box.querySelector(".chart-points").textContent);
    var digits = Number(form.dataset.digits), percent = asked.unit === "%", layers = [], shown = false;

    function write(value, places) { return value.toFixed(places).replace("-", "\u2212"); }
    function amount(value) { return write(value, digits) + (percent ? "%" : " " + asked.unit); }
    function own() {  // [[year, the reader's value, the record's]] of the years that have one
      return asked.covered.map(function (row, n) { return [row[0], inputs[n].value === "" ? NaN : Number(inputs[n].value), row[1]]; })
        .filter(function (row) { return isFinite(row[1]); });
    }

    // Where years and values lie: through the marks of the line. A mark without area says its value in its middle, a bar at its top.
    function measure(points) {
      var at = {}, wide, low, high;
      asked.open.concat(asked.covered).forEach(function (row) {
        points.forEach(function (point) {
          var parts = point[4].split(PART);
          if (parts[1] !== String(row[0]) || !(Math.abs(number(parts[3]) - row[1]) < .0051)) return;
          var one = { value: row[1], y: point[2] === point[3] ? point[1] + point[3] / 2 : point[1] };
          at[row[0]] = point[0] + point[2] / 2;
          wide = point[2] === point[3] ? 1 : point[2] / 2 + 1;
          if (!low || one.value < low.value) low = one;
          if (!high || one.value > high.value) high = one;
        });
      });
      var by = (high.y - low.y) / (high.value - low.value);
      return { x: at, half: wide, y: function (value) { return low.y + (value - low.value) * by; }, value: function (y) { return low.value + (y - low.y) / by; } };
    }

    // Lays the band and the reader's line over a drawing; top and height are those of its plot.
    function lay(chart, svg, points, top, height) {
      var scale = measure(points), first = asked.covered[0][0], before = asked.open[asked.open.length - 1][0];
      // Half a step of a line would tell where it goes: the band begins at its last open point, or right after the bar.
      var left = Math.min((scale.x[first] + scale.x[before]) / 2, scale.x[before] + scale.half), wide = svg.viewBox.baseVal.width - left;
      var old = svg.querySelector(".draw-layer");
      if (old) old.remove();
      layers = layers.filter(function (one) { return one.svg !== svg; });
      var layer = made(svg, "g", { "class": "draw-layer" }), cover = made(layer, "g", { "class": "draw-cover" });
      var band = made(cover, "rect", { "class": "draw-band", x: left, y: top - 6, width: wide, height: height + 6 });
      asked.covered.forEach(function (row) {
        made(cover, "line", { "class": "draw-year", x1: scale.x[row[0]], x2: scale.x[row[0]], y1: top, y2: top + height });
      });
      var words = made(cover, "g", { "class": "draw-words" }), lines = [""];
      (wide < 60 ? "Draw" : "Draw the last years, or type them").split(" ").forEach(function (word) {
        var last = lines.length - 1, longer = (lines[last] + " " + word).trim();
        if (longer.length * 7 <= wide - 8 || !lines[last]) lines[last] = longer; else lines.push(word);
      });
      lines.forEach(function (line, n) { made(words, "text", { x: left + wide / 2, y: top + 20 + n * 16 }, line); });
      var one = { svg: svg, scale: scale, top: top, bottom: top + height, words: words, line: made(layer, "g", { "class": "draw-own" }) };
      chart.dataset.edge = left;
      layers.push(one);
      listen(band, svg, one);
    }

    function listen(band, svg, one) {
      var last = null;
      function draw(event) {
        var rect = svg.getBoundingClientRect(), by = svg.viewBox.baseVal.width / rect.width, x = (event.clientX - rect.left) * by;
        var y = Math.min(Math.max((event.clientY - rect.top) * by, one.top), one.bottom), near = 0;
        asked.covered.forEach(function (row, n) {
          if (Math.abs(one.scale.x[row[0]] - x) < Math.abs(one.scale.x[asked.covered[near][0]] - x)) near = n;
        });
        var from = last || { n: near, y: y }, way = near < from.n ? -1 : 1;
        for (var n = from.n; ; n += way) {  // a fast pointer leaps over years
          inputs[n].value = one.scale.value(near === from.n ? y : from.y + (y - from.y) * (n - from.n) / (near - from.n)).toFixed(digits);
          if (n === near) break;
        }
        last = { n: near, y: y };
        show();
      }
      band.addEventListener("pointerdown", function (event) {
        if (event.button) return;
        event.preventDefault();
        band.setPointerCapture(event.pointerId);
        last = null;
        draw(event);
      });
      band.addEventListener("pointermove", function (event) {
        event.stopPropagation();  // nothing under the band answers
        if (band.hasPointerCapture(event.pointerId)) draw(event);
      });
      band.addEventListener("pointerup", keep);
      band.addEventListener("click", function (event) { event.stopPropagation(); });
    }

    function paint(one) {
      var told = own().map(function (row) { return [one.scale.x[row[0]], Math.min(Math.max(one.scale.y(row[1]), one.top), one.bottom)]; });
      one.line.textContent = "";
      one.words.style.display = told.length ? "none" : "";
      if (!told.length) return;
      made(one.line, "path", { d: "M" + told.map(function (at) { return at.join(","); }).join("L"), fill: "none", stroke: OWN });
      told.forEach(function (at) { made(one.line, "circle", { cx: at[0], cy: at[1], r: 4, fill: OWN }); });
      var start = own()[0], high = told.slice(0, 2).map(function (at) { return at[1]; });  // its name stands away from the record
      var y = start[1] < start[2] ? Math.max.apply(null, high) + 20 : Math.max(Math.min.apply(null, high) - 9, 12);
      made(one.line, "text", { x: Math.min(told[0][0], one.svg.viewBox.baseVal.width - 32), y: y, fill: OWN }, "your line");
    }

    function sentence() {
      var rows = own(), last = rows[rows.length - 1], record = asked.covered[asked.covered.length - 1];
      if (!last) return "You drew no year. The record of " + record[0] + " is " + amount(record[1]) + ".";
      var off = rows.reduce(function (sum, row) { return sum + Math.abs(row[1] - row[2]); }, 0) / rows.length;
      var above = rows.filter(function (row) { return row[1] - row[2] > 1e-9; }).length, years = rows.length === 1 ? " year." : " years.";
      return "You drew " + amount(last[1]) + " for " + last[0] + "; the record is " + amount(last[2]) + ". On average you were " +
        write(off, Math.max(digits, 1)) + (percent ? " percentage points" : " " + asked.unit) + " off, above the record in " + (above || "none") + " of " + rows.length + years;
    }

    function show() {
      var told = own();
      box.classList.toggle("draw-covered", !shown);
      charts.forEach(function (chart) {
        if (shown) delete chart.dataset.covered; else chart.dataset.covered = chart.dataset.edge;
        all(chart, "[data-signal]").forEach(function (control) { control.disabled = !shown; });
        all(chart, ".chart-view").forEach(function (view) {
          if (view.getAttribute("aria-label") !== asked.alt) view.whole = view.getAttribute("aria-label");
          view.setAttribute("aria-label", shown ? view.whole : asked.alt);
        });
      });
      var cell = box.closest(".cell");  // sentences that are computed right under the figure tell what is covered
      while (cell && (cell = cell.nextElementSibling) && cell.matches(".cell") && cell.querySelector(".cell_output > p") && !cell.querySelector("figure, table")) {
        all(cell, ".cell_output").forEach(function (told) { if (shown) told.removeAttribute("hidden"); else told.setAttribute("hidden", "until-found"); });
      }
      asked.covered.forEach(function (row, n) {
        var cells = form.querySelectorAll("tbody tr")[n].querySelectorAll(".draw-told"), mine = told.filter(function (one) { return one[0] === row[0]; })[0];
        cells[0].textContent = shown ? write(row[1], digits) : "";
        cells[1].textContent = shown && mine ? (mine[1] > row[1] ? "+" : "") + write(mine[1] - row[1], digits) : "";
        inputs[n].readOnly = shown;
      });
      button.textContent = shown ? "Draw again" : "Show the record";
      said.textContent = shown ? sentence() : "";
      layers.forEach(paint);
    }

    function keep() {
      var values = {};
      own().forEach(function (row) { values[row[0]] = row[1]; });
      try { localStorage.setItem(key, JSON.stringify({ values: values, shown: shown })); } catch (error) { /* the browser keeps nothing */ }
    }
    try {
      var kept = JSON.parse(localStorage.getItem(key)) || {};
      inputs.forEach(function (input) { if (isFinite((kept.values || {})[input.dataset.year])) input.value = kept.values[input.dataset.year]; });
      shown = kept.shown === true;
    } catch (error) { /* it kept nothing, or not this */ }

    charts.forEach(function (chart) {
      var plot = chart.dataset.plot.split(" ").map(Number);
      var points = marks[chart.classList.contains("narrow") ? "narrow" : "wide"].map(function (point) { return point.slice(0, 4).concat(marks.words[point[4]]); });
      lay(chart, chart.querySelector(".chart-view svg"), points, plot[0], plot[1]);
      chart.addEventListener("drawn", function (event) {  // a control made the chart live
        var view = chart.view;
        lay(chart, chart.drawing.querySelector("svg"), event.detail, view.origin()[1] + view.padding().top, view.height());
        show();
      });
    });
    form.addEventListener("input", function () { show(); keep(); });
    form.addEventListener("submit", function (event) {
      event.preventDefault();
      shown = !shown;
      if (!shown) inputs.forEach(function (input) { input.value = ""; });
      show();
      keep();
    });
    form.hidden = false;
    show();
  }

  all(document, "form.draw").forEach(setUp);
})();
