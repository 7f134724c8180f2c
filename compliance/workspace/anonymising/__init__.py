"""Tables made safe to hand on: measured, planned, written, attacked, checked."""
