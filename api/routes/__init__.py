"""One file for each kind of resource; each route is who asks, one call, one answer."""
