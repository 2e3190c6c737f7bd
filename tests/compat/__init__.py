"""Comparison with MLflow itself, which lives in environments of its own."""
