"""What must happen because time passed, or because something has just become durable."""
