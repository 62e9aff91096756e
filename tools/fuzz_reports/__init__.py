"""Fuzzing of reports: reports that are damaged in many ways keep to the laws of the public door."""
