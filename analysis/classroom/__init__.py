"""The classroom: two worlds of the same people side by side, as one page without a server or as a live page."""
