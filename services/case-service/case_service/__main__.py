"""Runs the case service."""

from case_service.app import CASE
from shared.service import command_line

if __name__ == "__main__":
    command_line(CASE)()
