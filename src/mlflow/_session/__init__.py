"""What a process works with: its stores, experiment, runs and model."""
