"""The rules of money, orders and PayBy. Knows no chat and no web."""
