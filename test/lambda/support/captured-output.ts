/** Runs something and gives what it wrote to standard output meanwhile, line by line. */
export async function outputOf(run: () => Promise<unknown>): Promise<readonly string[]> {
  const written: string[] = [];
  const spy = jest.spyOn(process.stdout, 'write').mockImplementation((chunk) => {
    written.push(String(chunk));
    return true;
  });
  try {
    await run();
  } finally {
    spy.mockRestore();
  }
  return written.join('').split('\n').filter(Boolean);
}
