"""Python imports this at its start, where the tests put this folder on PYTHONPATH: engine, commands, workers,
windows and whatever they start themselves are watched from their first line."""

import no_network

no_network.watch()
