type Closable = { close(): Promise<unknown> } | { stop(): Promise<unknown> };

/** Gives a function that closes what it is given at the end of the test, whether that passes or not. */
export function closeAfterEach(): <T extends Closable>(thing: T) => T {
  const open: Closable[] = [];
  afterEach(() => Promise.all(open.splice(0).map((thing) => ('close' in thing ? thing.close() : thing.stop()))));
  return (thing) => {
    open.push(thing);
    return thing;
  };
}
