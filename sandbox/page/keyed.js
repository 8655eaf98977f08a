/** A list of nodes that follows a list of things: only what is new or changed is drawn again. */

/** Keep `container` showing things by their key; `draw` makes the node of one thing. */
export class KeyedList {
  #container;
  #keyOf;
  #draw;
  #shown = new Map();

  constructor(container, keyOf, draw) {
    this.#container = container;
    this.#keyOf = keyOf;
    this.#draw = draw;
  }

  /** Show these things in this order, or, when there are none, what `empty` makes. */
  show(things, empty) {
    const before = this.#shown;
    this.#shown = new Map(things.map((thing) => [this.#keyOf(thing), this.#drawn(thing, before)]));
    const nodes = [...this.#shown.values()].map(({ node }) => node);
    this.#arrange(nodes.length ? nodes : [empty()]);
  }

  /** Draw everything anew the next time, as after a change of language. */
  forget() {
    this.#container.replaceChildren();
    this.#shown = new Map();
  }

  #drawn(thing, before) {
    const content = JSON.stringify(thing);
    const old = before.get(this.#keyOf(thing));
    if (old?.content === content) return old;
    const node = this.#draw(thing);
    if (old) replace(old.node, node);
    return { content, node };
  }

  /** Make these the only children without moving those that stay. */
  #arrange(nodes) {
    const kept = new Set(nodes);
    for (const child of [...this.#container.children]) if (!kept.has(child)) child.remove();
    nodes.forEach((node, at) => {
      const there = this.#container.children[at];
      if (there !== node) this.#container.insertBefore(node, there ?? null);
    });
  }
}

/** Put a node in another's place; the keyboard's focus stays on the same control. */
function replace(old, node) {
  const focused = [...old.querySelectorAll("button, a")].indexOf(document.activeElement);
  node.classList.remove("rises");
  old.replaceWith(node);
  if (focused >= 0) node.querySelectorAll("button, a")[focused]?.focus({ preventScroll: true });
}
