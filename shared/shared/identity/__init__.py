"""Identity: who calls, as the sign-in provider's tokens say."""
