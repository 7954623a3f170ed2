/** How long a text is as a file. */
export function bytesOf(text: string): number {
  return new TextEncoder().encode(text).length;
}

/** The text of a file; null if it is no UTF-8. */
export async function textOf(file: Blob): Promise<string | null> {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(await file.arrayBuffer());
  } catch {
    return null;
  }
}
