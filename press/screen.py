"""What the PDF leaves to the screen: pages to look things up in, and one page of paper that says where they are."""

from docutils import nodes
from sphinx import addnodes
from sphinx.transforms.post_transforms import SphinxPostTransform

from press.edition import latest_url
from press.parts import checked_items, claim_number
from press.screen_pages import ON_SCREEN

DRAWN = ("book/timeline",)
"""Of the pages left to the screen, those that stand on paper with a drawing in place of their list."""


def address(page):
    """Return where a reader of the PDF finds a page of the site: its address, or its file where the book has no site yet."""
    return f"{latest_url()}{page}.html"


def page_of(node):
    """Return the page that a node of the whole book stands on, "" for the front page."""
    # Sphinx names the page in its section; the chain of parents ends there.
    while node is not None:
        if node.get("docname"):
            return node["docname"]
        node = node.parent
    return ""


class OnScreen(SphinxPostTransform):
    """For the PDF: takes the pages of ON_SCREEN out, leads their links to what stands on paper or makes text of them, and says on one page where they are."""

    default_priority = 183  # before `ChapterEnd` unfolds the claims
    builders = ("latex",)

    def run(self, **kwargs):
        """Run the transform."""
        cards = self._name_cards()
        files = list(self.document.findall(addnodes.start_of_file))
        titles = {}
        for file in files:
            if file["docname"] in ON_SCREEN:
                titles[file["docname"]] = file.next_node(nodes.title).astext()
                if file["docname"] in DRAWN:
                    self._empty(file)
                else:
                    file.parent.remove(file)
        for link in list(self.document.findall(nodes.reference)):
            page, _, place = link.get("refuri", "").removeprefix("%").partition("#")
            if page not in titles:
                continue
            if page == "book/claims" and place in cards:
                link["refuri"] = f"%{cards[place]}#{place}"
            elif page not in DRAWN or place:
                link.replace_self(link.children)
        if titles:
            left = [file for file in files if file["docname"] not in titles]
            left[-1].parent.insert(left[-1].parent.index(left[-1]) + 1, self._told(titles))

    def _name_cards(self):
        """Give each claim that is checked on a page its address there; return {number: page}, the first page for each."""
        found = {}
        for item in checked_items(self.document):
            number, page = claim_number(item[0]), page_of(item)
            if page and number and number not in found:
                found[number] = page
                item[0].insert(0, nodes.target("", "", ids=[number]))
        return found

    @staticmethod
    def _empty(file):
        """Leave of a page its title alone; what takes the place of the rest puts itself there."""
        section = next(file.findall(nodes.section))
        section.children = [child for child in section.children if isinstance(child, nodes.title)]

    def _told(self, titles):
        """Return the page that says what is on the screen."""
        section = nodes.section(
            "", nodes.title("", "On the screen"), ids=["on-the-screen"], names=["on-the-screen"]
        )
        section += nodes.paragraph(
            "",
            "This book is made for reading from the first page to the last. What one looks things up in is in the HTML edition, "
            "which can be read without a network from the zip of the edition, and in part in the EPUB. "
            "Beside the pages below it holds, under each figure, the figure’s data as a table and as a file, "
            "and controls where a drawing here shows one state. Each chapter and each notebook of the part Evidence is also a PDF of its own.",
        )
        listed = nodes.definition_list()
        for page, holds in ON_SCREEN.items():
            if page in titles:
                where = address(page)
                shown = (
                    nodes.reference("", where, refuri=where)
                    if "://" in where
                    else nodes.literal("", where)
                )
                listed += nodes.definition_list_item(
                    "",
                    nodes.term("", titles[page]),
                    nodes.definition("", nodes.paragraph("", "", nodes.Text(f"{holds} "), shown)),
                )
        section += listed
        file = addnodes.start_of_file("", section, docname="on-the-screen")
        return file
