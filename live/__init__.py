"""The stream of the floor: what changed, as rows, to everybody who watches."""
