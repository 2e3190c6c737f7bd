"""Figures, side by side with MLflow in one run."""
