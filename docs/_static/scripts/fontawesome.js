// Replaces the theme's script for icons of one's own, which weighs 90 kB: this site has none.
