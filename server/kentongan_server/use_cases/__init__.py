"""What one can do: one file per verb, one folder per stage of the flow; the stages meet through domain.events alone."""
