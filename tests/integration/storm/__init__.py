"""The production shape under fire: shoppers buy over HTTP while processes are killed, and the books must still balance."""
