"""Copies of the whole database while it is written to, and how they are put back, for both databases."""
