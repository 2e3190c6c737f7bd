"""The server: an ASGI application made from the route table."""
