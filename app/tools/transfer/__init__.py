"""Carries an embedded shop's data to servers: the database, the catalogue, carts and pictures, verified."""
