"""How much people do, and the stage of life that this makes."""
