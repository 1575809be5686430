"""Tables and queries: one transaction each, named for what they mean."""
