"""Cases: the case file, its sealed content and its routes."""
