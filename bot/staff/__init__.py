"""The support desk in the chat: what staff may ask and do, in English only."""
