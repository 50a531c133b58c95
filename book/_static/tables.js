// Gives each table of class "filterable" a field that hides the rows without the typed words. Without
// scripts the whole table stands.
document.querySelectorAll("table.filterable").forEach(function (table, number) {
  "use strict";
  var rows = Array.from(table.tBodies[0].rows);
  var box = document.createElement("div");
  box.className = "table-filter";
  box.innerHTML = '<label for="filter-' + number + '">Filter the rows</label><input type="search" id="filter-' + number + '" autocomplete="off"><span role="status"></span>';
  (table.closest(".table-scroll") || table).before(box);
  var field = box.querySelector("input");
  var status = box.querySelector("[role=status]");
  function filter() {
    var words = field.value.toLowerCase().split(/\s+/).filter(Boolean);
    var shown = 0;
    rows.forEach(function (row) {
      var text = row.textContent.toLowerCase();
      row.hidden = !words.every(function (word) { return text.includes(word); });
      shown += !row.hidden;
    });
    status.textContent = shown + " of " + rows.length + " rows";
  }
  field.addEventListener("input", filter);
  filter();
});
