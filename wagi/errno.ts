/** Error numbers of WASI preview 1. */
export const errno = {
  ...{ success: 0, acces: 2, badf: 8, busy: 10, dquot: 19, exist: 20, fault: 21, fbig: 22, ilseq: 25, inval: 28 },
  ...{
    io: 29,
    isdir: 31,
    loop: 32,
    mfile: 33,
    mlink: 34,
    nametoolong: 37,
    nfile: 41,
    noent: 44,
    nospc: 51,
    notdir: 54,
  },
  ...{
    notempty: 55,
    notsock: 57,
    notsup: 58,
    nxio: 60,
    perm: 63,
    rofs: 69,
    spipe: 70,
    txtbsy: 74,
    xdev: 75,
    notcapable: 76,
  },
};

/** Thrown by a call to return this error number to the module. */
export class Errno extends Error {
  readonly code: number;
  constructor(code: number) {
    super(`error ${code} of WASI`);
    this.code = code;
  }
}

/** The number for an error of the operating system, or undefined for other errors. */
export function errnoOf(error: unknown): number | undefined {
  const { code } = error as { code?: unknown };
  if (typeof code !== 'string') return undefined;
  // Errors of Node itself: a name with a NUL, a size out of range.
  if (code.startsWith('ERR_')) return errno.inval;
  const name = code.replace(/^E/, '').toLowerCase();
  return name in errno ? errno[name as keyof typeof errno] : errno.io;
}
