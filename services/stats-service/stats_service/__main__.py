"""Command line of the stats service: `python -m stats_service api | worker | all | …`."""

from shared.runtime.cli import command_line
from stats_service.app import SERVICE

main = command_line(SERVICE)

if __name__ == "__main__":
    main()
