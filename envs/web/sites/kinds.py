"""What elements are and do, as small numbers that kernels read."""

LINK, BUTTON, SUBMIT, CHECK, RADIO, OPTION, INPUT, AREA, SELECT, TAB, HEADER, CLOSE = range(12)
"""What an element is, in the order of the features. No element of an evolved site is a `SELECT`: its lists show their
options, and those are what is clicked."""
NOTHING, TOGGLE, PICK, OPEN, SHOW, GO, SEND, SEARCH, SHUT, TYPE, QUERY, COMMIT, END = range(13)
"""What an element does.

TOGGLE: switches itself. PICK: switches itself on and the rest of its group off. OPEN: opens or closes the section
`target`. SHOW: shows the panel `target` of the page's tabs, -1 the empty one. GO: leads to the page `target`; SEND:
likewise, unless a required input of its page is empty; SEARCH: likewise, if the input before it holds what it waits
for. SHUT: closes the dialog. TYPE, QUERY: is typed into; what a QUERY holds is not part of the result. COMMIT: ends the
request, unless a required input of its page is empty. END: ends it.
"""
SECTION, PANEL = 1, 2
"""What hides elements: a section that opens, a panel of tabs."""
FILLED = -1
"""The value of an input that holds something else than a span of the request."""
