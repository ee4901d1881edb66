// MJML's tags for completion: attributes each knows (with values where there are few) and what may stand inside.
const space = ["padding", "padding-top", "padding-right", "padding-bottom", "padding-left"];
const font = ["color", "font-family", "font-size", "font-style", "font-weight", "letter-spacing", "line-height", "text-decoration", "text-transform"];
const common = ["css-class", "mj-class", ...space];
const ground = ["background-color", "background-url", "background-repeat", "background-size", "background-position"];
const border = ["border", "border-top", "border-right", "border-bottom", "border-left", "border-radius"];
const content = ["mj-accordion", "mj-button", "mj-carousel", "mj-divider", "mj-image", "mj-navbar", "mj-raw", "mj-social", "mj-spacer", "mj-table", "mj-text"];
const VALUES = {
  align: ["left", "center", "right", "justify"],
  direction: ["ltr", "rtl"],
  "full-width": ["full-width"],
  "fluid-on-mobile": ["true"],
  "font-style": ["normal", "italic"],
  "font-weight": ["400", "600", "700"],
  inline: ["inline"],
  mode: ["horizontal", "vertical", "fixed-height", "fluid-height"],
  target: ["_blank", "_self"],
  "text-align": ["left", "center", "right"],
  "text-decoration": ["none", "underline"],
  "text-transform": ["none", "uppercase", "lowercase", "capitalize"],
  "vertical-align": ["top", "middle", "bottom"],
};

function tag(attributes, children) {
  const attrs = Object.fromEntries(attributes.map((name) => [name, VALUES[name] ?? null]));
  return children ? { attrs, children, globalAttrs: false } : { attrs, globalAttrs: false };
}

export const TAGS = {
  "mjml": tag(["lang", "dir"], ["mj-head", "mj-body"]),
  "mj-head": tag([], ["mj-attributes", "mj-breakpoint", "mj-font", "mj-html-attributes", "mj-preview", "mj-raw", "mj-style", "mj-title"]),
  "mj-body": tag(["background-color", "width", "css-class"], ["mj-section", "mj-wrapper", "mj-hero", "mj-raw"]),
  "mj-wrapper": tag([...common, ...ground, ...border, "full-width", "text-align"], ["mj-section", "mj-hero", "mj-raw"]),
  "mj-section": tag([...common, ...ground, ...border, "direction", "full-width", "text-align"], ["mj-column", "mj-group", "mj-raw"]),
  "mj-group": tag(["width", "vertical-align", "background-color", "direction", "css-class", "mj-class"], ["mj-column", "mj-raw"]),
  "mj-column": tag([...common, ...border, "background-color", "inner-background-color", "inner-border", "inner-border-radius", "width", "vertical-align", "direction"], content),
  "mj-hero": tag([...common, ...ground, "background-width", "background-height", "height", "mode", "vertical-align", "width"], content),
  "mj-text": tag([...common, ...font, "align", "height", "container-background-color"]),
  "mj-button": tag([...common, ...font, ...border, "align", "background-color", "container-background-color", "height", "href", "inner-padding", "rel", "target", "text-align", "title", "vertical-align", "width"]),
  "mj-image": tag([...common, ...border, "align", "alt", "container-background-color", "fluid-on-mobile", "height", "href", "max-height", "name", "rel", "sizes", "src", "srcset", "target", "title", "width"]),
  "mj-divider": tag([...common, "align", "border-color", "border-style", "border-width", "container-background-color", "width"]),
  "mj-spacer": tag([...common, "height", "container-background-color"]),
  "mj-table": tag([...common, ...font, ...border, "align", "cellpadding", "cellspacing", "container-background-color", "role", "table-layout", "width"]),
  "mj-raw": tag(["position"]),
  "mj-social": tag([...common, ...font, "align", "border-radius", "container-background-color", "icon-height", "icon-padding", "icon-size", "inner-padding", "mode", "table-layout", "text-padding"], ["mj-social-element"]),
  "mj-social-element": tag([...common, ...font, "align", "alt", "background-color", "border-radius", "href", "icon-height", "icon-padding", "icon-size", "name", "rel", "sizes", "src", "srcset", "target", "text-padding", "title", "vertical-align"]),
  "mj-navbar": tag([...common, "align", "base-url", "hamburger", "ico-align", "ico-close", "ico-color", "ico-font-family", "ico-font-size", "ico-line-height", "ico-open", "ico-padding", "ico-text-decoration", "ico-text-transform"], ["mj-navbar-link"]),
  "mj-navbar-link": tag([...common, ...font, "href", "name", "rel", "target"]),
  "mj-accordion": tag([...common, "border", "container-background-color", "font-family", "icon-align", "icon-height", "icon-position", "icon-unwrapped-alt", "icon-unwrapped-url", "icon-width", "icon-wrapped-alt", "icon-wrapped-url"], ["mj-accordion-element"]),
  "mj-accordion-element": tag(["background-color", "border", "css-class", "font-family", "mj-class"], ["mj-accordion-title", "mj-accordion-text"]),
  "mj-accordion-title": tag([...common, "background-color", "color", "font-family", "font-size"]),
  "mj-accordion-text": tag([...common, "background-color", "color", "font-family", "font-size", "font-weight", "letter-spacing", "line-height"]),
  "mj-carousel": tag([...common, "align", "border-radius", "icon-width", "left-icon", "right-icon", "tb-border", "tb-border-radius", "tb-hover-border-color", "tb-selected-border-color", "tb-width", "thumbnails"], ["mj-carousel-image"]),
  "mj-carousel-image": tag(["alt", "border-radius", "css-class", "href", "mj-class", "rel", "src", "target", "tb-border", "thumbnails-src", "title"]),
  "mj-attributes": tag([], ["mj-all", "mj-class", ...content, "mj-section", "mj-column", "mj-wrapper", "mj-body"]),
  "mj-all": tag(["padding", ...font]),
  "mj-class": tag(["name", "padding", "align", "background-color", "border-radius", ...font]),
  "mj-breakpoint": tag(["width"]),
  "mj-font": tag(["name", "href"]),
  "mj-html-attributes": tag([]),
  "mj-preview": tag([]),
  "mj-style": tag(["inline"]),
  "mj-title": tag([]),
};

export const LIQUID_TAGS = ["if", "elsif", "else", "endif", "unless", "endunless", "case", "when", "endcase", "for", "endfor", "break", "continue", "assign", "capture", "endcapture", "comment", "endcomment", "raw", "endraw"];
export const FILTERS = ["append", "capitalize", "ceil", "date", "default", "divided_by", "downcase", "escape", "first", "floor", "join", "last", "minus", "plus", "prepend", "remove", "replace", "round", "size", "slice", "split", "strip", "times", "truncate", "truncatewords", "upcase", "url_encode"];
