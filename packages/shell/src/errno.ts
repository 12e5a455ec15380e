/**
 * What Linux answers when a call cannot be served. An answer is a value, never thrown: a call that can fail returns
 * `T | Errno`, and the caller asks `isErrno(x)`. Texts are glibc's `strerror`, which scripts print and grep for.
 */

export class Errno {
  readonly code: string;
  readonly number: number;
  readonly message: string;

  constructor(code: string, number: number, message: string) {
    this.code = code;
    this.number = number;
    this.message = message;
  }
}

/** True when `value` is a kernel answer instead of a result. */
export function isErrno(value: unknown): value is Errno {
  return value instanceof Errno;
}

export const EPERM = new Errno("EPERM", 1, "Operation not permitted");
export const ENOENT = new Errno("ENOENT", 2, "No such file or directory");
export const ESRCH = new Errno("ESRCH", 3, "No such process");
export const EINTR = new Errno("EINTR", 4, "Interrupted system call");
export const EIO = new Errno("EIO", 5, "Input/output error");
export const EBADF = new Errno("EBADF", 9, "Bad file descriptor");
export const EAGAIN = new Errno("EAGAIN", 11, "Resource temporarily unavailable");
export const ENOMEM = new Errno("ENOMEM", 12, "Cannot allocate memory");
export const EACCES = new Errno("EACCES", 13, "Permission denied");
export const EBUSY = new Errno("EBUSY", 16, "Device or resource busy");
export const EEXIST = new Errno("EEXIST", 17, "File exists");
export const EXDEV = new Errno("EXDEV", 18, "Invalid cross-device link");
export const ENODEV = new Errno("ENODEV", 19, "No such device");
export const ENOTDIR = new Errno("ENOTDIR", 20, "Not a directory");
export const EISDIR = new Errno("EISDIR", 21, "Is a directory");
export const EINVAL = new Errno("EINVAL", 22, "Invalid argument");
export const ENOSPC = new Errno("ENOSPC", 28, "No space left on device");
export const EROFS = new Errno("EROFS", 30, "Read-only file system");
export const EPIPE = new Errno("EPIPE", 32, "Broken pipe");
export const ENAMETOOLONG = new Errno("ENAMETOOLONG", 36, "File name too long");
export const ENOSYS = new Errno("ENOSYS", 38, "Function not implemented");
export const ENOTEMPTY = new Errno("ENOTEMPTY", 39, "Directory not empty");
export const ELOOP = new Errno("ELOOP", 40, "Too many levels of symbolic links");
export const EOPNOTSUPP = new Errno("EOPNOTSUPP", 95, "Operation not supported");
