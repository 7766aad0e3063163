/** Names by which a country is called: code that says one would do for one state what it does not for another. */
const COUNTRIES =
  /\b(kazakh\w*|qazaq\w*|astana|almaty|salvador\w*|ukrain\w*|kyiv|bhutan\w*|thimphu|united states|american?|washington|russian? federation|german\w*|swiss|switzerland|chin(?:a|ese)|japan\w*|brazil\w*)\b/i;

export interface NamedCountry {
  readonly path: string;
  readonly line: number;
  readonly name: string;
}

/** Lines of code that name a country; comments, which explain, are left out. */
export function countriesNamedIn(path: string, text: string): NamedCountry[] {
  const code = text.replaceAll(/\/\*[\s\S]*?\*\//g, (comment) => comment.replaceAll(/[^\n]/g, ' ')).replaceAll(/(^|\s)\/\/[^\n]*/g, '$1');
  return code.split('\n').flatMap((line, index) => {
    const [, name] = COUNTRIES.exec(line) ?? [];
    return name === undefined ? [] : [{ path, line: index + 1, name }];
  });
}
