// Brings figures to life. Each stands in the page as a drawing with its controls. On the first use of a control
// Vega is loaded from beside this file, and the same chart, live, takes the place of the drawing; the state of
// the controls stands in the address. Without scripts, or where anything fails, the drawing stays.
// A classic script: modules and fetch do not work from disk.
(function () {
  "use strict";
  var here = document.currentScript.src.replace(/figures\.js.*$/, "");
  var PART = "\u241f";
  var vega;

  function loadVega() {
    vega = vega || new Promise(function (done, fail) {
      var script = document.createElement("script");
      script.src = here + "vega.js";
      script.onload = done;
      script.onerror = function () { fail(new Error("vega.js could not be loaded")); };
      document.head.appendChild(script);
    });
    return vega;
  }

  function all(within, what) { return Array.from(within.querySelectorAll(what)); }
  function controls(chart) { return all(chart, ".chart-controls [data-signal]"); }
  function frame(chart) { return chart.closest("figure, .chart-sketch") || chart.parentElement; }
  function value(control) {
    if (control.type === "checkbox") return control.checked;
    return control.tagName === "SELECT" ? JSON.parse(control.value) : control.type === "range" || control.type === "number" ? Number(control.value) : control.value;
  }
  function shown(control) {
    if (control.type === "checkbox") return control.checked ? "yes" : "no";
    return control.tagName === "SELECT" ? control.selectedOptions[0].textContent : control.value;
  }
  function name(control) { return control.labels[0].querySelector(".control-name").textContent; }
  function slug(text) { return text.toLowerCase().replace(/[^\w.\u2212-]+/g, "-").replace(/^-|-$/g, ""); }

  // Makes a chart live, once; a promise of its view.
  function enliven(chart) {
    if (chart.live) return chart.live;
    var drawing = chart.querySelector(".chart-view");
    var live = drawing.cloneNode(false);
    var options = { actions: false, ast: true, renderer: "svg", mode: "vega-lite", bind: document.createElement("div") };
    chart.live = loadVega()
      .then(function () { return window.vegaEmbed(live, JSON.parse(chart.querySelector(".chart-spec").textContent), options); })
      .then(function (made) {
        chart.view = made.view;
        chart.drawing = live;
        chart.toldFirst = live.getAttribute("aria-label");
        return set(chart).then(function () {
          var svg = live.querySelector("svg");
          svg.setAttribute("aria-hidden", "true");  // its label says what is to be seen, the line below what each mark says
          svg.style.maxWidth = drawing.querySelector("svg").style.maxWidth;
          drawing.classList.add("drawn");  // kept for paper
          drawing.after(live);
          chart.dataset.state = "live";
        });
      })
      .catch(function (error) {
        chart.dataset.state = "static";
        console.warn("The figure stays a drawing: " + error.message);
      });
    return chart.live;
  }

  // Gives a live chart the values of its controls, and what it shows its words.
  function set(chart) {
    controls(chart).forEach(function (control) {
      try { chart.view.signal(control.dataset.signal, value(control)); } catch (error) { /* a control of another chart */ }
    });
    return chart.view.runAsync().then(function () {
      var points = collect(chart.view);
      var own = controls(chart).filter(function (control) { return !first(control); });
      var later = own.length === 1 && own[0].dataset.signal === "what_came_later";
      var box = frame(chart), source = all(box, ".figure-source").pop(), open = isOpen(chart);
      chart.drawing.setAttribute("aria-label", !own.length ? chart.toldFirst
        : later && chart.dataset.openedAlt ? chart.dataset.openedAlt : describe(chart, points));
      if (source && chart.dataset.openedSource) {
        chart.sealedSource = chart.sealedSource || source.textContent;
        source.textContent = open ? "Source: " + chart.dataset.openedSource + "." : chart.sealedSource;
      }
      box.classList.toggle("opened", open);
      chart.dispatchEvent(new CustomEvent("drawn", { detail: points }));
    });
  }

  function isOpen(chart) {
    return controls(chart).some(function (control) { return control.dataset.signal === "what_came_later" && control.checked; });
  }

  function first(control) {  // whether a control stands where it stood when the page came
    if (control.type === "checkbox") return control.checked === control.defaultChecked;
    return control.tagName === "SELECT" ? Array.from(control.options).every(function (one) { return one.selected === one.defaultSelected; }) : control.value === control.defaultValue;
  }

  // What a state shows, from its own marks: the controls, and of each series first, last, lowest and highest.
  function describe(chart, points) {
    var told = controls(chart).map(function (control) { return name(control) + ": " + shown(control); }).join("; ") + ".";
    var series = {};
    points.slice().sort(function (a, b) { return a[0] + a[2] / 2 - b[0] - b[2] / 2; }).forEach(function (point) {
      var parts = point[4].split(PART);
      if (parts[3]) (series[parts[0]] = series[parts[0]] || []).push(parts);
    });
    var names = Object.keys(series);
    if (!names.length) return told + " " + points.length + " marks.";
    told += " " + series[names[0]][0][2] + ".";
    names.slice(0, 6).forEach(function (one) {
      var parts = series[one], say = function (part) { return part[3] + " (" + part[1] + ")"; };
      var sorted = parts.slice().sort(function (a, b) { return number(a[3]) - number(b[3]); });
      told += " " + (one ? one + ": " : "") + say(parts[0]) + " to " + say(parts[parts.length - 1]) +
        (parts.length > 2 ? ", lowest " + say(sorted[0]) + ", highest " + say(sorted[sorted.length - 1]) : "") + ".";
    });
    return told;
  }
  function number(text) { return parseFloat(text.replace(/,/g, "").replace("\u2212", "-")); }

  // Where the marks of a live chart stand and what they say, as `press/answers.py` finds them for the drawing.
  function collect(view) {
    var found = [], said = {};
    function together(one, two) {
      return Math.abs(one[0] + one[2] / 2 - two[0] - two[2] / 2) < 1.5 && Math.abs(one[1] + one[3] / 2 - two[1] - two[3] / 2) < 1.5;
    }
    function walk(mark, x, y) {
      mark.items.forEach(function (item) {
        if (mark.marktype === "group") (item.items || []).forEach(function (part) { walk(part, x + (item.x || 0), y + (item.y || 0)); });
        else if (item.description && item.description.indexOf(PART) >= 0 && item.defined !== false) {
          var left = item.x || 0, top = item.y || 0, wide = item.width || 0, high = item.height || 0;
          if (mark.marktype === "rule") {
            wide = Math.abs((item.x2 == null ? left : item.x2) - left); high = Math.abs((item.y2 == null ? top : item.y2) - top);
            left = Math.min(left, item.x2 == null ? left : item.x2); top = Math.min(top, item.y2 == null ? top : item.y2);
          } else if (mark.marktype === "symbol") { wide = high = Math.sqrt(item.size || 64); left -= wide / 2; top -= wide / 2; }
          var point = [x + left, y + top, wide, high, item.description], key = item.description.split(PART).slice(1, 4).join(PART);
          var alike = said[key] = said[key] || [], twin = alike.filter(function (other) { return together(found[other], point); })[0];
          if (twin === undefined) alike.push(found.push(point) - 1);
          else if (found[twin][4].length <= point[4].length) found[twin] = point;
        }
      });
    }
    walk(view.scenegraph().root, view.origin()[0] + view.padding().left, view.origin()[1] + view.padding().top);
    return found;
  }

  // The state of a figure's controls as the part of an address after "#".
  function state(box) {
    var chart = box.querySelector(".chart");
    var told = controls(chart).filter(function (control) { return !first(control); }).map(function (control) {
      return slug(control.dataset.signal.replace(/_/g, "-")) + "=" + encodeURIComponent(slug(shown(control)));
    });
    return "#" + box.id + (told.length ? "?" + told.join("&") : "");
  }

  function put(control, told) {
    if (control.type === "checkbox") control.checked = told === "yes";
    else if (control.tagName !== "SELECT") control.value = told;
    else Array.from(control.options).forEach(function (one) { if (slug(one.textContent) === told) one.selected = true; });
    say(control);
  }
  function say(control) { if (control.nextElementSibling) control.nextElementSibling.textContent = control.value; }

  // A control that was used: the same in both drawings, wide and narrow, and in the address.
  function use(control) {
    var box = frame(control.closest(".chart"));
    all(box, "[data-signal]").forEach(function (other) {
      if (other.dataset.signal !== control.dataset.signal) return;
      if (other.type === "checkbox") other.checked = control.checked; else other.value = control.value;
      say(other);
    });
    show(box);
    if (box.id) try { history.replaceState(history.state, "", state(box)); } catch (error) { /* some browsers refuse it from disk */ }
  }
  function show(box) {
    all(box, ".chart").forEach(function (chart) {
      if (chart.view) set(chart); else if (chart.offsetParent) enliven(chart).then(function () { if (chart.view) set(chart); });
    });
  }

  function follow() {
    var parts = location.hash.slice(1).split("?"), box = parts[1] && document.getElementById(decodeURIComponent(parts[0]));
    if (!box) return;
    parts[1].split("&").forEach(function (one) {
      var pair = one.split("=");
      all(box, "[data-signal]").forEach(function (control) {
        if (slug(control.dataset.signal.replace(/_/g, "-")) === pair[0]) put(control, decodeURIComponent(pair[1] || ""));
      });
    });
    show(box);
    box.scrollIntoView();
  }

  document.addEventListener("input", function (event) {
    if (event.target.matches(".chart-controls [data-signal]")) use(event.target);
  });
  window.addEventListener("resize", function () {  // the other drawing takes over where the window crosses its width
    all(document, ".chart").forEach(function (chart) {
      if (!chart.view && chart.offsetParent && controls(chart).some(function (control) { return !first(control); })) enliven(chart);
    });
  });
  // A chart that only a pointer changes has no control to wait for.
  all(document, ".chart").forEach(function (chart) {
    var told = chart.querySelector(".chart-spec").textContent;
    if (!controls(chart).length && told.indexOf('"select":') >= 0) chart.addEventListener("pointerenter", function () { enliven(chart); }, { once: true });
  });

  function copy(text) {
    if (navigator.clipboard && window.isSecureContext) return navigator.clipboard.writeText(text);
    var field = document.createElement("textarea");
    field.value = text;
    document.body.appendChild(field);
    field.select();
    document.execCommand("copy");
    field.remove();
    return Promise.resolve();
  }
  document.addEventListener("click", function (event) {
    var button = event.target.closest && event.target.closest("button[data-copy]");
    if (!button) return;
    var box = button.closest("figure");
    var text = button.dataset.copy === "link" ? location.href.split("#")[0] + state(box) : box.querySelector(".figure-cite").textContent.replace(/^Cite: /, "");
    copy(text).then(function () { box.querySelector(".chart-answer").textContent = (button.dataset.copy === "link" ? "Link" : "Citation") + " copied."; }, function () { window.prompt("Copy:", text); });
  });

  window.addEventListener("hashchange", follow);
  follow();
})();
