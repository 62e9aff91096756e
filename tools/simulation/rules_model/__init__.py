"""Model of the sharing rules: the agreement written once more, by hand, to compare the product with.

It was written from the text of the rules alone and shares no code with any service. Everything is a pure function
over the frozen values of `world`; times and the codes of agencies are arguments. Reading words into places is left to
others: a place here already says which forces and councils answer for it.

- `ages`: child path, known adult, contradiction (section 2)
- `households`: households, carers, witnesses, persons counted in a danger (facts 0, 4 and 7)
- `places`, `required`: which agency is told of which fact, and what led there (facts 0, 7 and 10)
- `duties.deadlines`: times until something is sent, and until somebody telephones (facts 7 and 9)
- `consents`: effective consent of one person (sections 1 and 3)
- `forced`, `permitted`: which items go, by force, by consent, by a lead's decision (sections 1, 3 and 4)
- `recalls`: what an agency holds on consent, and what of it a withdrawal recalls (section 3)
- `messages`: fields that an agency reads, and what is news in a supplement (facts 4 and 5)
- `duties.duty_life`, `duties.history`: life of a duty, and what gives way when more is said (facts 0, 8, 9 and 13)
- `contacts`: contacts that open no case (fact 7) and mass notifications (fact 15)
"""
