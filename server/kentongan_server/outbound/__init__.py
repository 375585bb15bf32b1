"""How we reach the world; one folder per neighbour, and no neighbour knows another."""
