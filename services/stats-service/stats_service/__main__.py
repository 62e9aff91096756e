"""Runs the statistics service."""

from shared.service import command_line
from stats_service.app import STATS

if __name__ == "__main__":
    command_line(STATS)()
