"""The demonstration and practice mode, made by driving the real actions."""
