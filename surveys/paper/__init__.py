"""A round on paper: the blank questionnaire, answers as they stand, and the receipt, as tagged PDF. Pure."""
