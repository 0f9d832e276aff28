"""What is running: processes, containers, and how to know that they are ready."""
