"""Barometer runs a public-sector innovation barometer, from register to release."""
