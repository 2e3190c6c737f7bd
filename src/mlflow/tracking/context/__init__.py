"""Tags that say where a run's code came from; other distributions may add to them."""
