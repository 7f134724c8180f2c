"""Rights: what people may ask for, carried out on the data."""
