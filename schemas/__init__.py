"""What is true: templates, fields, labels, rules and divisions as data, and the models over them."""
