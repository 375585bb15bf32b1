"""What is stuck on: wire labels, pin tables and the claim code, printed from the pin maps and the circuit."""
