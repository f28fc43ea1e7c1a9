"""What the law gives the people in the files: a time after which everything is destroyed."""
