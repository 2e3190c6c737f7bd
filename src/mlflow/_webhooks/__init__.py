"""What webhooks are told, how it is signed, and how it is sent without being led astray. It knows no database."""
