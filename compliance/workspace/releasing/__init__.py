"""Statistics under differential privacy, and the budgets that pay for them."""
