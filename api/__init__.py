"""HTTP to domain and back: who asks, what they sent, one call, one answer."""
