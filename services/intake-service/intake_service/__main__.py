"""Runs the intake service."""

from intake_service.app import INTAKE
from shared.service import command_line

if __name__ == "__main__":
    command_line(INTAKE)()
