/**
 * The options of a program of the workspace. `--help` prints the usage and ends with 0; an option that there is not ends
 * with 2, says which, and prints the usage too.
 * @param parse reads them with `parseArgs`
 */
export function commandLine<Parsed>(usage: string, parse: () => Parsed): Parsed {
  if (process.argv.slice(2).includes('--help')) {
    process.stdout.write(`${usage}\n`);
    process.exit(0);
  }
  try {
    return parse();
  } catch (error) {
    if (!(error instanceof TypeError) || !('code' in error)) throw error;
    process.stderr.write(`${error.message}\n\n${usage}\n`);
    process.exit(2);
  }
}
