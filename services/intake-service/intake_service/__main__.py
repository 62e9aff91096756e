"""Command line of the intake service: `python -m intake_service api | worker | all | …`."""

from intake_service.app import SERVICE
from shared.runtime.cli import command_line

main = command_line(SERVICE)

if __name__ == "__main__":
    main()
