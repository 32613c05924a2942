"""The console: what the administrator does from a terminal, one verb a file under `management/commands`."""
