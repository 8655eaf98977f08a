"""PayBy, played: orders with state, signatures, notices and documented errors."""
