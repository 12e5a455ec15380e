/** What the kernel answers when it refuses, as it returns it: negative error numbers. */

export const ENOENT = -2;
export const ESRCH = -3;
export const EIO = -5;
export const EAGAIN = -11;
export const ENOMEM = -12;
export const EBUSY = -16;
export const EEXIST = -17;
export const EINVAL = -22;
export const ENOSPC = -28;
