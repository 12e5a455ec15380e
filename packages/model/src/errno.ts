/** What the kernel answers when it refuses, as it returns it: negative error numbers. */

export const EAGAIN = -11;
export const EBUSY = -16;
export const EEXIST = -17;
export const ESRCH = -3;
export const ENOENT = -2;
