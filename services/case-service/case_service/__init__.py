"""Case: one page per matter, whose consent counts for what, and who must be told whatever the consent."""
