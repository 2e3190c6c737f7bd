"""Policies of the registry: what a version has to be before it may get a stage or an alias. It knows no database."""
