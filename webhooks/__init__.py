"""The server: doors in, and the wiring of all real parts (see app.py)."""
