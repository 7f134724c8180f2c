"""The page of anonymisation, part by part; the plan in hand is a draft of the visitor's session."""
