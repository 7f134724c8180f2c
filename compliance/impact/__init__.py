"""Impact assessments, drawn from facts as far as they are known."""
