"""Benchmarks: how fast reports are taken in, and how soon the right agency has them; each figure with its machine."""
