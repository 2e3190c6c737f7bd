"""Bytes: where the files of runs and models lie, whatever holds them."""
