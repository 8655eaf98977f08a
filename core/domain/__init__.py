"""The rules of the product: plain objects, standard library only."""
