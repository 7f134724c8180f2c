"""What leads people through the desk: a tour, five steps to the first report, presenting."""
