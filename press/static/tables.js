// Gives each table of class "filterable" a field that hides the rows without the typed words, and the claims
// ledger the same field with choices of section, kind and verdict. Without scripts everything stands.
(function () {
  "use strict";

  function put(parent, tag, text, attributes) {
    var made = document.createElement(tag);
    made.textContent = text;
    Object.keys(attributes || {}).forEach(function (name) { made.setAttribute(name, attributes[name]); });
    return parent.appendChild(made);
  }

  // Puts a filter before `place`. `items`: [{nodes, text, facts}]; `choices`: [{fact, label, options: [[value, label]]}];
  // `silent(values)` may say that a choice is not to be counted.
  function filter(place, number, label, unit, items, choices, silent) {
    var box = document.createElement("div");
    box.className = "table-filter";
    put(box, "label", label, { for: "filter-" + number });
    var field = put(box, "input", "", { type: "search", id: "filter-" + number, autocomplete: "off" });
    var selects = choices.map(function (choice) {
      var id = "filter-" + number + "-" + choice.fact;
      put(box, "label", choice.label, { for: id });
      var select = put(box, "select", "", { id: id });
      put(select, "option", "all", { value: "" });
      choice.options.forEach(function (option) { put(select, "option", option[1], { value: option[0] }); });
      return select;
    });
    var status = put(box, "span", "", { role: "status" });
    place.before(box);
    function apply() {
      var words = field.value.toLowerCase().split(/\s+/).filter(Boolean);
      var shown = 0;
      items.forEach(function (item) {
        var text = item.text.toLowerCase();
        var fits = words.every(function (word) { return text.includes(word); }) && choices.every(function (choice, n) {
          return !selects[n].value || item.facts[choice.fact].indexOf(selects[n].value) >= 0;
        });
        fits = fits && (!box.asked || box.asked(item));
        item.nodes.forEach(function (node) { node.hidden = !fits; });
        item.shown = fits;
        shown += fits;
      });
      var values = selects.map(function (select) { return select.value; });
      status.textContent = silent && silent(values) ? (shown ? "Shown, not counted" : "None") : shown + " of " + items.length + " " + unit;
      box.dispatchEvent(new Event("filtered"));
    }
    [field].concat(selects).forEach(function (control) { control.addEventListener("input", apply); });
    box.clear = function () {
      [field].concat(selects).forEach(function (control) { control.value = ""; });
      apply();
    };
    box.renew = apply;
    apply();
    return box;
  }

  // Chips above a table: of a group any that is pressed will do, of two groups both must.
  function chips(table, box) {
    var groups = Array.from((table.closest(".computed-table") || document).querySelectorAll(".chips"));
    function pressed(group) {
      return Array.from(group.querySelectorAll("[aria-pressed=true]")).map(function (chip) { return chip.dataset.value; });
    }
    box.asked = function (item) {
      return groups.every(function (group) {
        var wanted = pressed(group), cell = item.nodes[0].cells[Number(group.dataset.column)];
        return !wanted.length || cell.textContent.trim().split("; ").some(function (value) { return wanted.indexOf(value) >= 0; });
      });
    };
    groups.forEach(function (group) {
      group.addEventListener("click", function (event) {
        var chip = event.target.closest(".chip");
        if (!chip) return;
        chip.setAttribute("aria-pressed", String(chip.getAttribute("aria-pressed") !== "true"));
        box.renew();
      });
    });
  }

  document.querySelectorAll("table.filterable").forEach(function (table, number) {
    var items = Array.from(table.tBodies[0].rows).map(function (row) { return { nodes: [row], text: row.textContent, facts: {} }; });
    var box = filter(table.closest(".table-scroll, .pst-scrollable-table-container") || table, number, "Filter the rows", "rows", items, []);
    if (/\bchips-/.test(table.className)) chips(table, box);
    function find() {  // an address such as #day-2025-06-03 shows its row, whatever was filtered
      var row = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
      if (!row || !table.contains(row) || !row.hidden) return;
      table.closest(".computed-table").querySelectorAll(".chip").forEach(function (chip) { chip.setAttribute("aria-pressed", "false"); });
      box.clear();
      row.scrollIntoView();
    }
    window.addEventListener("hashchange", find);
  });

  // The ledger: comments "article id name" open it; "claim article section kind verdict" stands before each entry, "section label" before each heading.
  document.querySelectorAll(".computed-cards").forEach(function (ledger) {
    var items = [], groups = [], articles = [];
    Array.from(ledger.childNodes).forEach(function (node) {
      var told = node.nodeType === Node.COMMENT_NODE ? node.data.trim().split(/\s+/) : [];
      if (told[0] === "article") articles.push([told[1], told.slice(2).join(" ") + ", all sections"]);
      else if (told[0] === "section") groups.push({ label: told[1], nodes: [], items: [] });
      else if (told[0] === "claim") {
        var item = { nodes: [], text: "", facts: { section: [told[1], told[2]], kind: [told[3]], verdict: [told[4]] } };
        items.push(item);
        if (groups.length) groups[groups.length - 1].items.push(item);
      } else if (node.nodeType === Node.ELEMENT_NODE && groups.length) {
        var group = groups[groups.length - 1];
        var last = group.items[group.items.length - 1];
        (last || group).nodes.push(node);
        if (last) last.text += node.textContent;
      }
    });
    if (!items.length) return;
    ledger.classList.add("ledger");
    function options(fact, names) {
      var seen = [];
      items.forEach(function (item) { var value = item.facts[fact][item.facts[fact].length - 1]; if (seen.indexOf(value) < 0) seen.push(value); });
      return (fact === "section" ? seen : seen.sort()).map(function (value) { return [value, names[value] || value.replace(/-/g, " ")]; });
    }
    var titles = {};
    groups.forEach(function (group) { titles[group.label] = group.nodes.map(function (node) { return node.textContent; }).join(" ").trim(); });
    var sections = articles.concat(options("section", titles));
    var box = filter(ledger, "ledger", "Search the ledger", "claims", items, [
      { fact: "section", label: "Article or section", options: sections },
      { fact: "kind", label: "Kind", options: options("kind", { text: "slip or fact of the text" }) },
      { fact: "verdict", label: "Verdict", options: options("verdict", { none: "no verdict (slips)" }) }
    ], function (values) { return values[2] && articles.some(function (article) { return article[0] === values[0]; }); });  // no tally of verdicts by author
    box.addEventListener("filtered", function () {
      groups.forEach(function (group) {
        var some = group.items.some(function (item) { return item.shown; });
        group.nodes.forEach(function (node) { node.hidden = !some; });
      });
    });
    function find() {  // an address such as #l-26 shows its claim, whatever was filtered
      var target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
      if (target && ledger.contains(target) && target.closest("[hidden]")) {
        box.clear();
        target.scrollIntoView();
      }
    }
    window.addEventListener("hashchange", find);
    find();
  });
})();
