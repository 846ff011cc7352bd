// What a locked page shows: its shape. Every letter and digit under the given places becomes a dot, also in what is
// drawn later, and names that only a screen reader or a tooltip says go as well. The page is loaded anew afterwards.

const LETTER = /[\p{L}\p{N}]/gu;
const SAYING = ["aria-label", "title", "placeholder", "alt"];

const blank = (text) => {
  const masked = text.nodeValue.replace(LETTER, "•");
  if (masked !== text.nodeValue) text.nodeValue = masked;
};

const maskElement = (element) => {
  SAYING.forEach((name) => element.removeAttribute?.(name));
  if ("value" in element && typeof element.value === "string" && element.matches("input, textarea")) element.value = "";
};

const mask = (root) => {
  if (root.nodeType === Node.TEXT_NODE) return blank(root);
  if (root.nodeType !== Node.ELEMENT_NODE) return undefined;
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT | NodeFilter.SHOW_ELEMENT);
  maskElement(root);
  while (walker.nextNode()) {
    if (walker.currentNode.nodeType === Node.TEXT_NODE) blank(walker.currentNode);
    else maskElement(walker.currentNode);
  }
  return undefined;
};

// Mask these places now and whatever changes in them; returns how to stop.
export function maskAll(roots) {
  roots.forEach(mask);
  const watcher = new MutationObserver((changes) => {
    changes.forEach((change) => {
      if (change.type === "characterData") blank(change.target);
      else if (change.type === "attributes") SAYING.forEach((name) => change.target.removeAttribute(name));
      else change.addedNodes.forEach(mask);
    });
  });
  const options = { subtree: true, childList: true, characterData: true, attributes: true, attributeFilter: SAYING };
  roots.forEach((root) => watcher.observe(root, options));
  return () => watcher.disconnect();
}
