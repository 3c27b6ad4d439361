"""How conversations come in: sources, their normalisers, the pipeline that writes them. Vendors' names stop here."""
