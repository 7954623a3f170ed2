import { isCollection, isScalar, isSeq, YAMLMap, YAMLSeq, type Document, type Node, type ToStringOptions } from 'yaml';
import { inLayoutOf } from './layout';
import { yamlOf } from './read';

/** Keys and places from the root: `['strategy', 'entry', 'conditions', 0]`. */
export type Path = readonly (string | number)[];

/** Any change of a document as a change of its text. Comments, unknown keys and the layout of other lines stay. */
export function edited(text: string, change: (yaml: Document) => void): string {
  const yaml = yamlOf(text);
  const layout = layoutOf(text);
  const plain = yaml.toString(layout);
  change(yaml);
  const changed = yaml.toString(layout);
  const kept = inLayoutOf(text, plain, changed);
  return meansTheSame(kept, yaml) ? kept : changed;
}

function layoutOf(text: string): ToStringOptions {
  const isFlush = /^( *)[^\s#-][^\n]*:[^\S\n]*(?:#[^\n]*)?\n(?:\s*#[^\n]*\n)*\1- /m.test(text);
  const indent = /^\S[^\n]*:[^\S\n]*(?:#[^\n]*)?\n( +)[^\s-]/m.exec(text)?.[1]?.length ?? 2;
  return { lineWidth: 0, flowCollectionPadding: /[[{] \S/.test(text), indentSeq: !isFlush, indent };
}

function meansTheSame(text: string, yaml: Document): boolean {
  const read = yamlOf(text);
  return read.errors.length === 0 && JSON.stringify(read.toJS()) === JSON.stringify(yaml.toJS());
}

/** The text with one value changed. */
export function withValue(text: string, path: Path, value: unknown): string {
  return edited(text, (yaml) => setIn(yaml, path, value));
}

/** The text without what stands at a path. */
export function without(text: string, path: Path): string {
  return edited(text, (yaml) => yaml.deleteIn(path));
}

/** Sets a value, or takes the key away with `undefined`. Collections on the way are made. */
export function setIn(yaml: Document, path: Path, value: unknown): void {
  const key = path.at(-1);
  const parent = path.slice(0, -1);
  if (value === undefined) {
    if (isCollection(yaml.getIn(parent, true))) yaml.deleteIn(path);
    return;
  }
  const node = yaml.getIn(path, true);
  if (isScalar(node) && (typeof value !== 'object' || value === null)) {
    node.value = value;
    delete node.format;
    delete node.minFractionDigits;
    // A text over several lines stays one; anything else is written plainly.
    if (typeof value !== 'string') delete node.type;
    return;
  }
  mapAt(yaml, parent).set(key, yaml.createNode(value));
}

/** The map at a path, made where there is none. */
export function mapAt(yaml: Document, path: Path): YAMLMap | YAMLSeq {
  return collectionAt(yaml, path, () => new YAMLMap(yaml.schema));
}

/** The list at a path, made where there is none. */
export function listAt(yaml: Document, path: Path): YAMLSeq {
  return collectionAt(yaml, path, () => new YAMLSeq(yaml.schema)) as YAMLSeq;
}

function collectionAt(yaml: Document, path: Path, make: () => YAMLMap | YAMLSeq): YAMLMap | YAMLSeq {
  const found = path.length === 0 ? yaml.contents : yaml.getIn(path, true);
  if (isCollection(found)) {
    // `[]` and `{}` are opened up; what has members keeps its form.
    if (found.items.length === 0) found.flow = false;
    return found as YAMLMap | YAMLSeq;
  }
  const made = make();
  if (path.length === 0) yaml.contents = made;
  else mapAt(yaml, path.slice(0, -1)).set(path.at(-1), made);
  return made;
}

/** The text with a new item at the end of a list. */
export function withItem(text: string, path: Path, item: unknown): string {
  return edited(text, (yaml) => listAt(yaml, path).add(yaml.createNode(item)));
}

/** The text with an item of a list moved to another place of it. */
export function withMoved(text: string, path: Path, from: number, to: number): string {
  return edited(text, (yaml) => {
    const list = yaml.getIn(path, true);
    if (!isSeq(list)) return;
    const [item] = list.items.splice(from, 1);
    list.items.splice(to, 0, item);
    keepApart(list);
  });
}

/** The text with an item of a list a second time, right behind the first. */
export function withTwin(text: string, path: Path, place: number): string {
  return edited(text, (yaml) => {
    const list = yaml.getIn(path, true);
    const item = isSeq(list) ? (list.items[place] as Node | undefined) : undefined;
    if (!isSeq(list) || !item) return;
    const twin = item.clone() as Node;
    twin.commentBefore = null;
    list.items.splice(place + 1, 0, twin);
  });
}

/** The empty line before the first item is the list's, not the item's. */
function keepApart(list: YAMLSeq): void {
  const [first] = list.items;
  if (isCollection(first) || isScalar(first)) delete first.spaceBefore;
}
