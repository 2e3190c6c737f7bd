"""Loaders that MLmodel files name."""
