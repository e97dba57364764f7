"""One module per kind of rule: what its file may say, and one pure function that finds hits."""
