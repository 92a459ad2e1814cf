"""Speed: a city of any size, and how fast the portal answers in it. See README.md."""
