"""Database access: unit of work, tables, data keys, leases, notifications and migrations."""
