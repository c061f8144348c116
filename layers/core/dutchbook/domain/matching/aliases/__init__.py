"""Tables of names, as data: one line a thing, its canonical name first, other names after bars."""
