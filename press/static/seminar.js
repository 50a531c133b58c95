// The room view of a session's page, for a projector: ?room in its address. One stop a screen, keys for all;
// votes are counted here and kept nowhere. A classic script, which works from disk.
(function () {
  "use strict";
  var kit = document.getElementById("room-kit");
  var asked = new URLSearchParams(location.search);
  if (!kit || !asked.has("room")) return;

  var KEYS = [["→ Space", "next"], ["←", "back"], ["R", "break the seal: reveal, then the next reveal"], ["E", "the next piece of evidence"],
    ["V", "votes: ↑ ↓ choose, → ← count, Tab before and after"], ["C", "clock: start, stop"], ["B", "blank"],
    ["2 5 7", "20, 50 or 75 minutes"], ["?", "these keys"], ["Esc", "leave the room view; with the votes open, close them"]];
  var length = { 20: 20, 75: 75 }[asked.get("room")] || 50;
  var room = put(document.body, "main", "", { "class": "room", tabindex: "-1" });
  var head = put(room, "header");
  var number = put(head, "span"), title = put(head, "h1"), seal = put(head, "p"), clock = put(head, "p", "", { "class": "clock" });
  var status = document.createElement("p");
  var screens = Array.from(kit.content.cloneNode(true).querySelectorAll(".screen"));
  screens.forEach(function (screen) { screen.hidden = true; room.appendChild(screen); });
  var foot = put(room, "footer");
  [["Back", "ArrowLeft"], ["Next", "ArrowRight"], ["Reveal", "r"], ["Evidence", "e"], ["Votes", "v"], ["Clock", "c"], ["Blank", "b"], ["Keys", "?"]].forEach(function (pair) {
    put(foot, "button", pair[0], { type: "button" }).addEventListener("click", function () { press(pair[1]); room.focus(); });
  });
  foot.appendChild(status);
  status.setAttribute("role", "status");
  var blank = put(room, "div", "", { "class": "blank" });
  var panel = put(room, "section", "", { "class": "panel", role: "dialog", "aria-label": "Votes" });
  blank.hidden = panel.hidden = true;

  var WAYS = ["beside", "wider", "widest", "below"];
  var at = 0, sheet = 0, opened = 0, left = {}, ticking = null, votes = {}, row = 0, column = 0, showing = "";

  function put(parent, tag, text, attributes) {
    var made = document.createElement(tag);
    made.textContent = text || "";
    Object.keys(attributes || {}).forEach(function (name) { made.setAttribute(name, attributes[name]); });
    return parent.appendChild(made);
  }
  function minutes(node) { return node.dataset.minutes ? JSON.parse(node.dataset.minutes)[length] : 1; }
  function order() { return screens.filter(function (screen) { return minutes(screen) > 0; }); }
  function here() { return order()[at]; }
  function over(node) { return node.scrollHeight > node.clientHeight + 1 || node.scrollWidth > node.clientWidth + 1; }
  function unit() { return Math.min(innerWidth / 1280, innerHeight / 720); }

  // The largest type in which the words of a box fit, from `most` down to `least` units; true if they do.
  function fitType(box, most, least) {
    for (var size = most; size >= least; size -= 1) {
      box.style.fontSize = size * unit() + "px";
      if (!over(box)) return true;
    }
    return false;
  }

  // A sheet that is higher than its place goes on over further ones: rows of a table, items of a list.
  function turn(one) {
    var rows = Array.from(one.querySelectorAll("tbody > tr, ul > li"));
    for (var last = rows.length - 1; last > 0 && over(one); last -= 1) rows[last].remove();
    var rest = rows.slice(last + 1);
    if (!rest.length) return;
    var next = one.cloneNode(true);
    var place = next.querySelector("tbody, ul");
    place.textContent = "";
    rest.forEach(function (node) { place.appendChild(node); });
    one.after(next);
    next.hidden = false;
    turn(next);
    next.hidden = true;
  }

  function lay(screen) {
    if (screen.fresh) { var copy = screen.fresh.cloneNode(true); copy.fresh = screen.fresh; screen.replaceWith(copy); screens[screens.indexOf(screen)] = copy; screen = copy; }
    else screen.fresh = screen.cloneNode(true);
    screen.hidden = false;
    var words = screen.querySelector(".fits");
    if (words) { words.style.maxHeight = "100%"; words.style.height = "100%"; fitType(words, 28, 20); return; }
    if (!screen.classList.contains("stop")) return;
    var prompt = screen.querySelector(".prompt"), ask = screen.querySelector(".ask"), vote = screen.dataset.options;
    var reveals = Array.from(screen.querySelectorAll(".reveal"));
    reveals.forEach(function (one) { one.hidden = true; });
    var shown = Array.from(screen.querySelectorAll(".evidence > .sheet"));
    // Beside, with more room for the prompt, or the prompt below. What gives way, in this order: the source, which its
    // chapter has; the type of what is asked; what is asked, which the worksheet has, but never what is voted on.
    function lays(way) {
      screen.classList.remove.apply(screen.classList, WAYS);
      screen.classList.add(way);
      return !over(prompt);
    }
    function alone(one) { shown.forEach(function (other) { other.hidden = other !== one; }); return one; }
    function readable(one) { var svg = alone(one).querySelector("svg"); return !svg || labels(svg) >= 18 * unit(); }
    function tried() { return WAYS.some(function (way) { return lays(way) && shown.every(function (one) { return readable(one) && !over(one); }); }); }
    function source(hide) { screen.querySelectorAll(".evidence .source").forEach(function (one) { one.hidden = hide; }); }
    var gives = [function () {}, function () { source(true); }, function () { ask.classList.add("small"); }, function () { ask.hidden = !vote; }];
    if (!gives.some(function (give) { give(); return tried(); })) {
      ask.hidden = false;
      if (!WAYS.some(function (way) { return lays(way) && shown.every(readable); })) { ask.hidden = !vote; lays("below"); }
      shown.forEach(function (one) { turn(alone(one)); });
    }
    reveals.forEach(function (one) {
      if (!one.classList.contains("words")) {
        screen.querySelector(".evidence").appendChild(one);
        shown.forEach(function (other) { other.hidden = true; });
        one.hidden = false;
        var svg = one.querySelector("svg");
        if (!svg) turn(one); else if (over(one) || labels(svg) < 18 * unit()) one.querySelector(".source").hidden = true;
        one.hidden = true;
        return;
      }
      screen.appendChild(one);
      screen.classList.add("alone");
      screen.querySelector(".evidence").hidden = prompt.hidden = true;
      one.hidden = false;
      if (!fitType(one, 26, 18)) turn(one);
      one.hidden = true;
      screen.classList.remove("alone");
      screen.querySelector(".evidence").hidden = prompt.hidden = false;
    });
  }
  // The smallest label of a drawing, in pixels of the screen.
  function labels(svg) {
    var box = svg.viewBox.baseVal, size = svg.getBoundingClientRect();
    var scale = Math.min(size.width / box.width, size.height / box.height);
    return Math.min.apply(null, Array.from(svg.querySelectorAll("text")).map(function (text) { return parseFloat(getComputedStyle(text).fontSize); })) * scale;
  }

  function show() {
    var list = order();
    at = Math.max(0, Math.min(at, list.length - 1));
    screens.forEach(function (screen) { screen.hidden = true; });
    lay(list[at]);
    var screen = here();
    var shown = Array.from(screen.querySelectorAll(".evidence > .sheet:not(.reveal)"));
    var all = Array.from(screen.querySelectorAll(".reveal"));
    var reveals = all.filter(function (one) { return JSON.parse(one.dataset.lengths).indexOf(length) > -1; }).sort(function (a, b) { return a.dataset.order - b.dataset.order; });
    opened = opened > reveals.length ? 0 : opened;
    sheet = shown.length ? sheet % shown.length : 0;
    var now = opened ? reveals[opened - 1] : shown[sheet];
    shown.concat(all).forEach(function (one) { one.hidden = one !== now; });
    if (shown.length) {
      var words = now.classList.contains("words");
      screen.classList.toggle("alone", words);
      screen.querySelector(".evidence").hidden = screen.querySelector(".prompt").hidden = words;
    }
    screen.querySelectorAll("li[data-minutes]").forEach(function (item) {
      item.hidden = !minutes(item);
      item.querySelector("span").textContent = "· " + minutes(item) + " minutes";
    });
    number.textContent = screen.dataset.number ? "Stop " + screen.dataset.number : "";
    title.textContent = screen.dataset.title;
    seal.textContent = opened ? now.dataset.seal : kit.dataset.day;
    seal.classList.toggle("opened", seal.textContent === "What came later");
    status.textContent = "Screen " + (at + 1) + " of " + list.length + (shown.length > 1 && !opened ? ", evidence " + (sheet + 1) + " of " + shown.length : "") +
      (opened && reveals.length > 1 ? ", reveal " + opened + " of " + reveals.length : "") + " · " + length + " minutes";
    var can = { Back: at > 0, Next: at < list.length - 1, Reveal: reveals.length, Evidence: shown.length > 1, Votes: screen.dataset.options, Clock: screen.dataset.minutes };
    foot.querySelectorAll("button").forEach(function (button) { button.disabled = button.textContent in can && !can[button.textContent]; });
    tell();
  }
  function go(step) {
    var before = at;
    at = Math.max(0, Math.min(at + step, order().length - 1));
    if (at === before) return;
    sheet = opened = row = column = 0;
    stop();
    show();
  }

  // The clock of a screen goes on from where it stood when the screen comes back.
  function timed() { return here().dataset.title + "-" + length; }
  function rest() { return timed() in left ? left[timed()] : minutes(here()) * 60; }
  function tell() {
    var gone = Math.abs(rest());
    clock.textContent = here().dataset.minutes ? (rest() < 0 ? "+" : "") + Math.floor(gone / 60) + ":" + ("0" + gone % 60).slice(-2) + (ticking ? "" : " ▮▮") : "";
    clock.classList.toggle("over", rest() < 0);
  }
  function stop() { clearInterval(ticking); ticking = null; }
  function tick() { left[timed()] = rest() - 1; tell(); }

  // Counts of the screen that is shown: a row an option and one for blank, before and after. Under five no count is shown.
  function count() {
    var list = JSON.parse(here().dataset.options).concat("blank");
    var twice = here().dataset.twice === "true";
    votes[at + "-" + length] = votes[at + "-" + length] || list.map(function () { return [0, 0]; });
    var counts = votes[at + "-" + length];
    panel.textContent = "";
    panel.setAttribute("aria-label", "Votes");
    put(panel, "h2", here().dataset.ask);
    var table = put(panel, "table"), line = put(put(table, "thead"), "tr"), body = put(table, "tbody");
    ["", "Before"].concat(twice ? ["After"] : []).forEach(function (word) { put(line, word ? "th" : "td", word); });
    var totals = [0, 1].map(function (n) { return counts.reduce(function (sum, one) { return sum + one[n]; }, 0); });
    list.forEach(function (option, n) {
      var entry = put(body, "tr");
      put(entry, "td", option);
      (twice ? [0, 1] : [0]).forEach(function (side) {
        put(entry, "td", totals[side] < 5 ? "–" : String(counts[n][side]), n === row && side === column ? { "class": "here" } : {});
      });
    });
    put(panel, "p", totals[column] < 5 ? "No count is shown until five slips are entered." : totals[column] + " slips " + (column ? "after" : "before") + ".", { role: "status" });
    put(panel, "p", "↑ ↓ choose, → one more, ← one less, Tab before or after, Esc closes. Nothing is kept.");
  }
  function vote(key) {
    var counts = votes[at + "-" + length];
    if (key === "ArrowDown") row = Math.min(row + 1, counts.length - 1);
    else if (key === "ArrowUp") row = Math.max(row - 1, 0);
    else if (key === "ArrowRight") counts[row][column] += 1;
    else if (key === "ArrowLeft") counts[row][column] = Math.max(0, counts[row][column] - 1);
    else if (key === "Tab" && here().dataset.twice === "true") column = 1 - column;
    count();
  }
  function keys() {
    panel.textContent = "";
    panel.setAttribute("aria-label", "Keys");
    put(panel, "h2", "Keys");
    var body = put(put(panel, "table"), "tbody");
    KEYS.forEach(function (pair) { var line = put(body, "tr"); put(line, "td", pair[0]); put(line, "td", pair[1], { style: "text-align: left; width: auto" }); });
  }
  function open(what) {
    showing = showing === what ? "" : what;
    panel.hidden = !showing;
    if (showing === "votes") { row = column = 0; count(); } else if (showing) keys();
  }

  function press(key) {
    key = key.length === 1 ? key.toLowerCase() : key;
    if (key === "Escape") { if (showing === "votes") open(showing); else location.search = ""; return true; }
    if (key === "b" || key === ".") { blank.hidden = !blank.hidden; return true; }
    if (!blank.hidden) { blank.hidden = true; return true; }
    if (key === "v" && (showing || here().dataset.options)) { open("votes"); return true; }
    if (key === "?") { open("keys"); return true; }
    if (showing === "votes" && /^(Arrow|Tab)/.test(key)) { vote(key); return true; }
    if (showing) return false;
    if (key === "ArrowRight" || key === "PageDown" || key === " ") go(1);
    else if (key === "ArrowLeft" || key === "PageUp") go(-1);
    else if (key === "r") { opened += 1; show(); }
    else if (key === "e") { opened = 0; sheet += 1; show(); }
    else if (key === "c") { if (ticking) stop(); else if (here().dataset.minutes) ticking = setInterval(tick, 1000); tell(); }
    else if (key === "2" || key === "5" || key === "7") { length = { 2: 20, 5: 50, 7: 75 }[key]; at = 0; stop(); show(); }
    else return false;
    return true;
  }
  document.addEventListener("keydown", function (event) {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.target.tagName === "BUTTON" && (event.key === " " || event.key === "Enter")) return;
    if (press(event.key)) { event.preventDefault(); event.stopPropagation(); }
  }, true);
  addEventListener("resize", show);
  document.documentElement.classList.add("in-room");
  show();
  room.focus();
})();
