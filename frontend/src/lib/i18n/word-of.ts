/** A translator as `useTranslations` gives it, asked by a code that only the server knows. */
interface Words {
  (key: never): string;
  has: (key: never) => boolean;
}

/** The catalogue's word for a code of the server; the code itself when it is new to this build. */
export function wordOf(words: Words, code: string): string {
  const key = code as never;
  return words.has(key) ? words(key) : code;
}
