"""What is printed: the tray in the bought box, the button's post, the siren's bracket, and the drill template."""
