"""The production shape under fire: shoppers buy while processes are killed, and the books must still balance."""
