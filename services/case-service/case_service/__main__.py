"""Command line of the case service: `python -m case_service api | worker | all | …`."""

from case_service.app import SERVICE
from shared.runtime.cli import command_line

main = command_line(SERVICE)

if __name__ == "__main__":
    main()
