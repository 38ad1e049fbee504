// JSON.parse silently keeps the last of two equal keys; a file that says two things is refused instead.

/** The first key that occurs twice in the outermost object of valid JSON `text`; undefined when there is none. */
export function duplicateKey(text: string): string | undefined {
  const seen = new Set<string>();
  let depth = 0;
  let expectsKey = false;
  for (let index = 0; index < text.length; index++) {
    const character = text[index];
    if (character === '"') {
      const endIndex = endOfString(text, index);
      if (depth === 1 && expectsKey) {
        const key: string = JSON.parse(text.slice(index, endIndex + 1));
        if (seen.has(key)) return key;
        seen.add(key);
        expectsKey = false;
      }
      index = endIndex;
    } else if (character === "{" || character === "[") {
      depth++;
      expectsKey = character === "{" && depth === 1;
    } else if (character === "}" || character === "]") depth--;
    else if (character === "," && depth === 1) expectsKey = true;
  }
  return undefined;
}

/** Index of the closing quote of the string that opens at `index`. */
function endOfString(text: string, index: number): number {
  let position = index + 1;
  while (text[position] !== '"') position += text[position] === "\\" ? 2 : 1;
  return position;
}
