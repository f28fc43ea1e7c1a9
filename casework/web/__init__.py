"""The shell around every request: gate, transaction, errors, forms, headers."""
