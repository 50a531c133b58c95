"""The theme's style sheets lose the rules that no page uses, and no other."""

import pytest

from press.lighten import classes_in, lighten

USED = {"card", "fa-bars", "show", "d-lg-none"}


@pytest.mark.parametrize(
    "sheet, left",
    [
        (".card{a:b}.fa-0:before{content:'0'}", ".card{a:b}"),
        (".card,.modal .card{a:b}", ".card{a:b}"),
        ("@media (min-width:1px){.card{a:b}.col-1{c:d}}", "@media (min-width:1px){.card{a:b}}"),
        ("@media print{.col-1{c:d}}a{e:f}", "a{e:f}"),
        ("@font-face{src:url(a.woff2)}:root{--x:1}", "@font-face{src:url(a.woff2)}:root{--x:1}"),
        (".card:not(.gone){a:b}", ".card:not(.gone){a:b}"),
        (":is(.gone,.card) a{a:b}", ":is(.gone,.card) a{a:b}"),
        ("@keyframes f{0%{a:b}to{c:d}}", "@keyframes f{0%{a:b}to{c:d}}"),
    ],
)
def test_a_rule_stays_if_its_classes_are_used(sheet, left):
    assert lighten(sheet, USED) == left
    assert lighten(left, USED) == left


def test_what_scripts_set_is_in_use(tmp_path):
    (tmp_path / "_static").mkdir()
    (tmp_path / "a.html").write_text('<p class="card one">x</p><script>a.add("shown")</script>')
    (tmp_path / "_static" / "b.js").write_text('e.classList.toggle("fa-bars")')
    (tmp_path / "_static" / "vega.js").write_text("gone")
    assert {"card", "one", "shown", "fa-bars"} <= classes_in(tmp_path)
    assert "gone" not in classes_in(tmp_path)
