// What every page needs: overlays, forms, toasts, theme, palette, shortcuts. One module each.
import "./shell/once.js";
import "./shell/overlays.js";
import "./shell/palette.js";
import "./shell/shortcuts.js";
import "./shell/theme.js";
import "./shell/toasts.js";
