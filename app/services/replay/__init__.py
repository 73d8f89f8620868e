"""Replaying a way of reordering on days that are over: what would have been in stock, lost, tied up and ordered."""
