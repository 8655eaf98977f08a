"""What we say and understand, in any chat. Knows no web server."""
