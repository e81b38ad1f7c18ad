/** What is made once for each thing and is the same object from then on; kept as long as the answer is. */
export function sharedBy<Thing, Made>(make: (thing: Thing) => Made): (thing: Thing) => Made {
  const made = new Map<Thing, Made>()
  return (thing) => {
    const known = made.get(thing)
    if (known !== undefined) return known
    const fresh = make(thing)
    made.set(thing, fresh)
    return fresh
  }
}
