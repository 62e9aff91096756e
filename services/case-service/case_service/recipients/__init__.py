"""Case recipients: one agency on one case, with its sharing duty and permission."""
