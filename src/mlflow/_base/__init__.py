"""Small named pieces on the standard library alone."""
