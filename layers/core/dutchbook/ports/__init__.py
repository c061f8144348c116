"""What the use cases need from the world, as Protocols of few methods, one module a party."""
