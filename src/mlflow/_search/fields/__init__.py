"""What can be searched and sorted: one declaration per noun."""
