/** What the system says about a failure, in few words. */

const words: Readonly<Record<string, string>> = {
  ENOENT: "there is no such file or folder",
  EACCES: "this user may not use it",
  EPERM: "this user may not use it",
  EEXIST: "it exists already",
  EISDIR: "it is a folder",
  ENOTDIR: "a part of its path is not a folder",
  ENOSPC: "the disk is full",
  EROFS: "the disk is read-only",
  EMFILE: "too many files are open (raise ulimit -n)",
};

/**
 * `PATH: words` of an error of the file system, or its own message. `file` is the path where the system names none, as
 * when what was opened turns out to be a folder.
 */
export function because(error: unknown, file?: string): string {
  if (!(error instanceof Error)) return String(error);
  const { code, path = file, message }: NodeJS.ErrnoException = error;
  const said = words[code ?? ""];
  return said === undefined || path === undefined ? message : `${path}: ${said}`;
}
