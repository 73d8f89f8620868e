"""What the commands of `python -m app` do."""
