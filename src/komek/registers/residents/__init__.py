"""People who contact us: the only home of names, phones, e-mails and identity numbers.

Words owned: *resident* (a person), *handle* (a way to reach them: several people may share one), *disclose* (the one
question that returns personal data, and notes who asked and why).
"""
