const token = /"(?:[^"\\]|\\.)*"|[{}[\]:]/g;

/** Does any object in this JSON text name a key twice? JSON.parse would silently take the last one. */
export const repeatsKey = (text: string): boolean => {
  const open: Set<string>[] = [];
  let last = '';
  for (const [it] of text.matchAll(token)) {
    if (it === '{' || it === '[') open.push(new Set());
    else if (it === '}' || it === ']') open.pop();
    else if (it === ':') {
      const keys = open.at(-1);
      const key = JSON.parse(last) as string;
      if (keys?.has(key)) return true;
      keys?.add(key);
    }
    last = it;
  }
  return false;
};
