"""Case service: cases, consent, sharing duties and disclosures."""
