"""Which pages the PDF leaves to the screen. This module is light, as a build that has nothing to do reads it."""

ON_SCREEN = {
    "book/claims": "Every sentence of the two articles that was checked, with reading, record, verdict and source, to filter by article, section and verdict. What the chapters check stands in the chapters.",
    "book/timeline": "The list of events behind the drawing in this book, a row and a source for each, with a field to filter it.",
    "book/sessions/in-your-room": "For instructors: what a class in one of five cities is likely not to know, and what to disclose.",
    "book/sessions/many-rooms": "For instructors: a class on a hub.",
    "book/data": "What each data file holds, column by column, its sources, licence and gaps. The files themselves are in the folder data, or in the data package of the edition.",
    "book/editions": "The published editions and how to cite each of them and any figure.",
    "book/changes": "What changed since the last edition, row by row, with the reason.",
    "book/house-style": "How the figures are made, for who adds one.",
}
"""The pages that are for the screen, and what each of them holds."""
