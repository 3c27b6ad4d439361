"""What pages share: filters, cards, charts, tables, the transcript, the loaders."""
