"""What enqueues tasks."""
