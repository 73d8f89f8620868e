"""What search engines, networks and comparison services find of the shop, and how they are told."""
