/** The last part of a path: the command line names the files it imported by their whole path. */
export function fileName(path: string): string {
  return path.split(/[\\/]/).at(-1) ?? path;
}
