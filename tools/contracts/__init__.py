"""Contracts: OpenAPI, AsyncAPI and event schemas as files, and checks for breaking changes."""
