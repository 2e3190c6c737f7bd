"""What all flavors share: declaration, saving, logging, loading and finding them."""
