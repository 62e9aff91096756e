"""API reference: the OpenAPI document, its examples, the pages to try it, and a page for each problem type."""
