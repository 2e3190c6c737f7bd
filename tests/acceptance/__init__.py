"""Scripts that users run, as they are written in the guides."""
