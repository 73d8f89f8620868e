"""Builders of the staff pages: data -> components."""
