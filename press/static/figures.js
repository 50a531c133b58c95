// Brings figures to life. Each stands in the page as a drawing; when one comes near the window, Vega is
// loaded from beside this file and the same chart, live, takes the place of the drawing. Without scripts, or
// where anything fails, the drawing stays. A classic script: modules and fetch do not work from disk.
(function () {
  "use strict";
  var here = document.currentScript.src.replace(/figures\.js.*$/, "");
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

  function enliven(chart) {
    var drawing = chart.querySelector(".chart-view");
    var spec = JSON.parse(chart.querySelector(".chart-spec").textContent);
    var live = drawing.cloneNode(false);
    var options = { actions: false, ast: true, renderer: "svg", mode: "vega-lite", bind: chart.querySelector(".chart-controls") };
    loadVega()
      .then(function () { return window.vegaEmbed(live, spec, options); })
      .then(function (made) {
        if (chart.dataset.openedAlt) tellLater(chart, live, made.view);
        drawing.classList.add("drawn");  // kept for paper
        drawing.after(live);
        chart.dataset.state = "live";
      })
      .catch(function (error) {
        chart.dataset.state = "static";
        console.warn("The figure stays a drawing: " + error.message);
      });
  }

  // A figure that stands on a day: alternative and source line tell what came later while its control is set.
  function tellLater(chart, live, view) {
    var box = chart.closest("figure, .chart-sketch");
    var source = Array.from(box.querySelectorAll(".figure-source")).pop();
    var sealed = { alt: live.getAttribute("aria-label"), source: source && source.textContent };
    view.addSignalListener("what_came_later", function (name, set) {
      live.setAttribute("aria-label", set ? chart.dataset.openedAlt : sealed.alt);
      if (source) source.textContent = set ? "Source: " + chart.dataset.openedSource + "." : sealed.source;
      box.classList.toggle("opened", set);
    });
  }

  var charts = document.querySelectorAll(".chart");
  if (!("IntersectionObserver" in window)) return;
  var watcher = new IntersectionObserver(function (entries) {
    entries.forEach(function (entry) {
      if (!entry.isIntersecting) return;
      watcher.unobserve(entry.target);
      enliven(entry.target);
    });
  }, { rootMargin: "400px" });
  charts.forEach(function (chart) { watcher.observe(chart); });
})();
