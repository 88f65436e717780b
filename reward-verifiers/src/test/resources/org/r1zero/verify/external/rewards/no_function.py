def score(text):
    return 0
