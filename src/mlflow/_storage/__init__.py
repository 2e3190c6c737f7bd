"""Metadata: what the server and the local mode both talk to."""
