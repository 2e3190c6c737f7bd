"""The filter and order-by language: text in, syntax tree out. Knows no SQL."""
