// The search: by section, claim, figure, table, term, event, work, number. It looks through search-index.js, which
// is loaded at the first use, a script file, so that it works from a disk as well. In the theme's dialog
// (Ctrl K) and on search.html.
(function () {
  "use strict";
  var root = document.documentElement.dataset.content_root || "";
  var KINDS = { page: "Page", section: "Section", claim: "Claim", figure: "Figure", table: "Table", term: "Term", event: "Timeline", work: "Source", later: "Since then" };
  var ORDER = ["term", "claim", "section", "figure", "page", "event", "table", "work", "later"];
  var WEIGHT = { term: 1.3, claim: 1.15, section: 1.1, figure: 1.05, page: 1, event: 1, table: .95, work: .8, later: .6 };
  var SHOWN = 20;
  var entries = null, waiting = [], known = null;

  // Letters without accents, one apostrophe, one hyphen, in small.
  function plain(text) {
    return text.normalize("NFKD").replace(/[\u0300-\u036f]/g, "").replace(/[‘’ʼ′]/g, "'").replace(/[‐‑–−]/g, "-").normalize("NFKC").toLowerCase();
  }

  function load(then) {
    if (entries) { then(); return; }
    waiting.push(then);
    if (waiting.length > 1) return;
    var script = document.createElement("script");
    script.src = root + "_static/search-index.js";
    script.onload = function () {
      entries = window.companionEntries.map(function (entry) {
        var names = [entry.name || "", (entry.name || "").replace(/^figure/i, "fig")].concat(entry.key || []);
        return { told: entry, names: names.filter(Boolean).map(plain), title: plain(entry.title), of: plain(entry.of || ""), text: plain(entry.text || ""), data: plain(entry.data || "") };
      });
      waiting.splice(0).forEach(function (one) { one(); });
    };
    document.head.appendChild(script);
  }

  // How a term stands in a text: 3 as a word, 2 at the beginning of one, 1 within, 0 not at all. A number is never a part of another.
  function stands(term, text) {
    var best = 0, digits = /^[\d.,]+$/.test(term);
    for (var at = text.indexOf(term); at >= 0 && best < 3; at = text.indexOf(term, at + 1)) {
      var before = text.charAt(at - 1), after = text.slice(at + term.length, at + term.length + 2);
      if (digits) {
        if (!/[\d.,-]/.test(before) && !/^\d|^[.,]\d/.test(after)) best = 3;
      } else if (!/[\p{L}\d]/u.test(before)) {
        best = Math.max(best, /^[\p{L}\d]/u.test(after) ? 2 : 3);
      } else if (term.length > 3 || /[^\x00-\u024f]/.test(term)) {  // Chinese, Japanese and Korean part no words
        best = Math.max(best, 1);
      }
    }
    return best;
  }

  function score(entry, terms, whole) {
    var total = 0;
    for (var n = 0; n < terms.length; n++) {
      var term = terms[n], points = 0;
      if (entry.names.some(function (name) { return name === term; })) points = 60;
      points = Math.max(points, [0, 6, 12, 20][stands(term, entry.title)], [0, 1, 2.5, 5][stands(term, entry.text)],
        [0, 1, 5, 8][Math.max.apply(null, [0].concat(entry.names.map(function (name) { return stands(term, name); })))],
        [0, .5, 1, 3][stands(term, entry.of)], [0, 0, .5, 1.5][stands(term, entry.data)]);
      if (!points) return 0;
      total += points;
    }
    if (entry.names.indexOf(whole) >= 0) total += 150;
    if (entry.title === whole) total += 80;
    else if (entry.title.indexOf(whole) === 0 && stands(whole, entry.title) === 3) total += 25;
    else if (terms.length > 1 && entry.title.indexOf(whole) > 0) total += 20;
    else if (terms.length > 1 && entry.text.indexOf(whole) >= 0) total += 6;
    return total * WEIGHT[entry.told.kind] + 1 / (1 + entry.title.length);
  }

  function look(query) {
    var whole = plain(query).replace(/[“”"?!;]/g, " ").replace(/\s+/g, " ").trim().replace(/%$/, "");
    var claim = /^([a-z])[- ]?(\d{1,3})$/.exec(whole);  // L25 and l-5 are claims, too, where there is one
    var number = claim && claim[1] + "-" + claim[2].padStart(2, "0");
    if (number && entries.some(function (entry) { return entry.names[0] === number; })) whole = number;
    var terms = whole.split(" ").filter(Boolean);
    if (!terms.length) return { hits: [], terms: [] };
    var hits = rank(terms, whole), meant = null;
    if (!hits.length) {  // a slip of the keyboard
      meant = terms.map(function (term) { return rank([term], term).length ? term : nearest(term); });
      if (meant.every(Boolean)) hits = rank(meant, meant.join(" "));
    }
    return { hits: hits, terms: hits.length && meant ? meant : terms, meant: hits.length && meant ? meant.join(" ") : "" };
  }

  function rank(terms, whole) {
    return entries.map(function (entry) { return { entry: entry, score: score(entry, terms, whole) }; })
      .filter(function (hit) { return hit.score > 0; })
      .sort(function (a, b) { return b.score - a.score || ORDER.indexOf(a.entry.told.kind) - ORDER.indexOf(b.entry.told.kind); });
  }

  function nearest(term) {
    if (term.length < 4 || /\d/.test(term)) return "";
    known = known || Array.from(new Set(entries.map(function (entry) { return entry.title + " " + entry.text; }).join(" ").match(/\p{L}{3,}/gu)));
    var best = "", least = term.length > 7 ? 3 : 2;
    known.forEach(function (word) {
      var away = Math.abs(word.length - term.length) < least ? apart(term, word) : least;
      if (away < least) { least = away; best = word; }
    });
    return best;
  }

  // Letters to put in, take out, change or swap.
  function apart(a, b) {
    var rows = [];
    for (var i = 0; i <= a.length; i++) {
      rows.push([i]);
      for (var j = 1; j <= b.length; j++) {
        if (!i) { rows[0][j] = j; continue; }
        rows[i][j] = Math.min(rows[i - 1][j] + 1, rows[i][j - 1] + 1, rows[i - 1][j - 1] + (a[i - 1] !== b[j - 1]));
        if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) rows[i][j] = Math.min(rows[i][j], rows[i - 2][j - 2] + 1);
      }
    }
    return rows[a.length][b.length];
  }

  function put(parent, tag, name, text) {
    var made = parent.appendChild(document.createElement(tag));
    made.className = name;
    made.textContent = text || "";
    return made;
  }

  // Writes a text with what was looked for marked; `plain` keeps the length of nearly every text, and where not, nothing is marked.
  function mark(place, text, terms) {
    var flat = plain(text), marks = [];
    if (flat.length === text.length) terms.forEach(function (term) {
      for (var at = flat.indexOf(term); at >= 0; at = flat.indexOf(term, at + term.length)) {
        if (stands(term, flat.slice(Math.max(0, at - 1), at + term.length + 2))) marks.push([at, at + term.length]);
      }
    });
    var now = 0;
    marks.sort(function (a, b) { return a[0] - b[0]; }).forEach(function (one) {
      if (one[0] < now) return;
      place.append(text.slice(now, one[0]));
      put(place, "mark", "", text.slice(one[0], one[1]));
      now = one[1];
    });
    place.append(text.slice(now));
  }

  function excerpt(text, terms) {
    var flat = plain(text), at = -1;
    for (var level = 3; level && at < 0; level--) terms.forEach(function (term) {
      for (var one = flat.indexOf(term); at < 0 && one >= 0; one = flat.indexOf(term, one + 1)) {
        if (stands(term, flat.slice(Math.max(0, one - 1), one + term.length + 2)) >= level) at = one;
      }
    });
    var start = at > 70 ? text.lastIndexOf(" ", at - 60) + 1 : 0, end = text.length > start + 190 ? text.lastIndexOf(" ", start + 190) : text.length;
    return (start ? "… " : "") + text.slice(start, end) + (end < text.length ? " …" : "");
  }

  function show(list, status, query, most) {
    list.textContent = "";
    if (!query.trim()) { status.textContent = "A word, a name, a number such as 7.2, a claim such as L-25, a figure"; return; }
    var found = look(query);
    found.hits.slice(0, most).forEach(function (hit) {
      var told = hit.entry.told, link = put(put(list, "li", "search-hit"), "a", "");
      link.href = root + told.at;
      var sealed = told.later && told.kind === "event";
      put(link, "span", "search-kind", told.kind === "event" ? "Timeline, " + told.name : told.kind === "later" || !told.name ? KINDS[told.kind] : (told.kind === "claim" ? "Claim " : "") + told.name);
      mark(put(link, "span", "search-title"), sealed ? told.text + ": an event after the first article" : told.title, sealed ? [] : found.terms);
      if (told.of) put(link, "span", "search-of", told.of);
      if (told.later) put(link, "span", "search-text", "What came later. Nothing of it is shown before you open it.");
      else if (told.text) mark(put(link, "span", "search-text"), excerpt(told.text, found.terms), found.terms);
    });
    var n = found.hits.length;
    status.textContent = !n ? "Nothing found for “" + query.trim() + "”." :
      (found.meant ? "Nothing for “" + query.trim() + "”; shown is “" + found.meant + "”. " : "") + (n > most ? "The first " + most + " of " + n + " results" : n === 1 ? "1 result" : n + " results");
    if (n > most) {
      var more = put(put(list, "li", "search-more"), "a", "", "All " + n + " results");
      more.href = root + "search.html?q=" + encodeURIComponent(query.trim());
    }
  }

  document.querySelectorAll("form.bd-search").forEach(function (form, number) {
    var field = form.querySelector("input[name=q]"), page = document.getElementById("search-results");
    var dialog = form.closest("dialog"), most = dialog ? SHOWN : 500;
    if (!dialog && !page) return;
    var place = document.createElement("div"), opened = "";
    place.className = "search-found";
    var status = put(place, "p", "search-status"), list = put(place, "ol", "search-list");
    status.setAttribute("role", "status");
    list.id = "search-list-" + number;
    field.setAttribute("aria-controls", list.id);
    if (dialog) form.after(place); else page.append(place);

    function renew() { load(function () { show(list, status, field.value, most); }); }
    function links() { return Array.from(list.querySelectorAll("a")); }
    field.addEventListener("input", renew);
    field.addEventListener("focus", renew);
    form.addEventListener("submit", function (event) {
      event.preventDefault();
      load(function () {
        show(list, status, field.value, most);
        if (dialog && links()[0]) links()[0].click(); else if (links()[0]) links()[0].focus();
      });
    });
    (dialog || document.querySelector(".bd-search-container")).addEventListener("keydown", function (event) {
      if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
      var all = [field].concat(links()), now = all.indexOf(document.activeElement);
      if (now < 0) return;
      event.preventDefault();
      all[Math.min(Math.max(now + (event.key === "ArrowDown" ? 1 : -1), 0), all.length - 1)].focus();
    });
    list.addEventListener("click", function (event) {
      if (dialog && event.target.closest("a")) dialog.close();
    });
    if (!dialog) {
      field.value = new URLSearchParams(location.search).get("q") || "";
      renew();
    }
  });
})();
