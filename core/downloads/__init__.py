"""Model files from the internet: only what the user asks for by name, checked before it is used.

`catalogue` says what can be asked for; `fetch` runs the download in a process of its own (`child`), because
only there the libraries may use the network; what came is verified before it takes its place.
"""
