"""Agency transport: HTTP requests to agencies' endpoints, to addresses that the SSRF policy allows."""
