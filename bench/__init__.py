"""Measures builds and pages beside what a user would pick instead; run by `make bench`, never by the tests."""
