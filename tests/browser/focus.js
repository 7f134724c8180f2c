// What has the focus now, and what had it before and looked no otherwise with it.
// `spared`: CSS selectors of what need not look otherwise.
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
  const around = node => {
    const all = [node];
    while (all.length < LEVELS && all.at(-1).parentElement) all.push(all.at(-1).parentElement);
    return all;
  };
  // Styles of it, of what the label around it holds, and of what it lies in; of no neighbours.
  const looks = node => {
    const label = node.closest('label')?.querySelectorAll('*') ?? [];
    return [...label, ...around(node)].map(one => {
      const s = getComputedStyle(one);
      return [s.outline, s.boxShadow, s.borderColor, s.backgroundColor, s.color, s.opacity,
        s.textDecoration];
    }).join('|');
  };
  // One ring is around a list and its buttons, and around a password and what shows it.
  const together = node => node.closest('[role=group], [data-testid=stTextInput]') || node;
  const known = window.keyboard ?? {last: null, doubts: []};
  const at = document.activeElement;
  const isSomething = at !== document.body;
  const isDrawn = !!at.closest('canvas'); // a cell of a table
  const box = at.getBoundingClientRect();
  const inside = at.closest('[role=dialog], [data-testid=stMain], [data-testid=stSidebar]');
  const last = known.last?.node.isConnected && known.last.node !== at ? known.last : null;
  // Without the focus they look as they did with it; a ring around a group may still be there.
  const same = [...known.doubts, ...(last?.isShown ? [last] : [])].filter(
    one => one.node.isConnected && one.node !== at && looks(one.node) === one.look);
  const told = {
    name: isSomething ? named(at) : '',
    kind: at.getAttribute('role') || at.type || at.tagName.toLowerCase(),
    region: inside ? inside.dataset.testid || inside.getAttribute('role') : '',
    before: last ? last.name : '',
    unseen: same.filter(one => !together(one.node).contains(at)).map(
      one => [one.name, spared.find(which => one.node.matches(which)) || '']),
    follows: !last || !inside || !inside.contains(last.node) ||
      !!(last.node.compareDocumentPosition(at) & Node.DOCUMENT_POSITION_FOLLOWING),
    offscreen: isSomething && !isDrawn && (box.bottom <= 0 || box.top >= innerHeight),
  };
  window.keyboard = {
    last: isSomething
      ? {node: at, name: told.name, look: looks(at), isShown: at.tabIndex >= 0 && !isDrawn} : null,
    doubts: same.filter(one => together(one.node).contains(at)),
  };
  return told;
}
