"""PayBy, the gateway: its words, its signatures and the client that speaks them."""
