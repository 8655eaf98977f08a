"""The outside world on your desk: PayBy, a POS and Telegram. Shares no code with the product."""
