"""Requests made up at random at every address, form, upload and action: never an error of the server, never half a
write. `run` is the way in; `python -m tests.fuzz --requests 100000` the long one."""
