"""Telegram on your desk: the Bot API, and the phones of the people who chat."""
