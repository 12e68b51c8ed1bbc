"""What visitors see on a site, what they do, and how well."""
