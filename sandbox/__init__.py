"""The outside world on your desk; shares no code with the product."""
