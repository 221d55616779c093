/** The place of the first item for which `holds`, in a list where it holds of all that follow one of which it does; its length when of none. */
export function firstThat<Item>(list: readonly Item[], holds: (item: Item) => boolean): number {
  let [begin, end] = [0, list.length];
  while (begin < end) {
    const middle = (begin + end) >> 1;
    if (holds(list[middle] as Item)) end = middle;
    else begin = middle + 1;
  }
  return begin;
}
