// What has the focus now, and whether what had it before looked otherwise with it.
// `spared`: CSS selectors of what need not.
spared => {
  const LEVELS = 5; // so far out may a ring be drawn
  const bare = node => {
    const copy = node.cloneNode(true);
    const unsaid = copy.querySelectorAll('[data-testid=stIconMaterial], [aria-hidden=true]');
    unsaid.forEach(part => part.remove());
    return copy.textContent;
  };
  const named = node => {
    const ids = (node.getAttribute('aria-labelledby') || '').split(' ').filter(Boolean);
    const by = ids.map(id => document.getElementById(id)).filter(Boolean).map(bare).join(' ');
    const label = node.labels && node.labels.length ? bare(node.labels[0]) : '';
    const said = node.getAttribute('aria-label') || by || label || bare(node);
    return said.replace(/\s+/g, ' ').trim().slice(0, 120);
  };
  // Styles of it, of what it holds, of the label around it and of what these lie in; no neighbours.
  const looks = node => {
    const whole = node.closest('label') || node;
    const near = [whole, ...whole.querySelectorAll('*')];
    for (let up = node, level = 0; up && level < LEVELS; up = up.parentElement, level++) {
      near.push(up);
    }
    return near.map(one => {
      const s = getComputedStyle(one);
      return [s.outline, s.boxShadow, s.borderColor, s.backgroundColor, s.color, s.opacity,
        s.textDecoration];
    }).join('|');
  };
  const known = window.keyboard ?? {};
  const at = document.activeElement;
  const isSomething = at !== document.body;
  const isDrawn = !!at.closest('canvas'); // a cell of a table
  const box = at.getBoundingClientRect();
  const inside = at.closest('[role=dialog], [data-testid=stMain], [data-testid=stSidebar]');
  const last = known.at && known.at.isConnected && known.at !== at ? known.at : null;
  window.keyboard = {
    at: isSomething ? at : null,
    look: looks(at),
    isShown: at.tabIndex >= 0 && !isDrawn,
    spared: spared.find(one => at.matches(one)) || '',
  };
  return {
    name: isSomething ? named(at) : '',
    kind: at.getAttribute('role') || at.type || at.tagName.toLowerCase(),
    region: inside ? inside.dataset.testid || inside.getAttribute('role') : '',
    before: last ? named(last) : '',
    spared: last ? known.spared : '',
    unseen: !!last && known.isShown && looks(last) === known.look,
    follows: !last || !inside || !inside.contains(last) ||
      !!(last.compareDocumentPosition(at) & Node.DOCUMENT_POSITION_FOLLOWING),
    offscreen: isSomething && !isDrawn && (box.bottom <= 0 || box.top >= innerHeight),
  };
}
