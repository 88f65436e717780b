def same_number(one, other):
    return float(one) == float(other)
