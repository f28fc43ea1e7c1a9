"""What was done, by whom, provably: entries, tree, checkpoints, proofs."""
