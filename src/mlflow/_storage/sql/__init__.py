"""Stores on SQL databases: raw drivers, one dialect layer, one writer per process."""
