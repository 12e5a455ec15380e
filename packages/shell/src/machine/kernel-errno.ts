/** From the model's negative error numbers to the values the file layer answers with. */

import { EAGAIN, EBUSY, EEXIST, EINVAL, EIO, ENOENT, ENOMEM, ENOSPC, EOPNOTSUPP, type Errno, ESRCH } from "../errno.ts";

const BY_NUMBER: ReadonlyMap<number, Errno> = new Map(
  [EAGAIN, EBUSY, EEXIST, EINVAL, ENOENT, ENOMEM, ENOSPC, EOPNOTSUPP, ESRCH].map((errno) => [-errno.number, errno]),
);

/** The refusal a model call answered with; undefined when it was served (0 or above). */
export function kernelErrno(answer: number): Errno | undefined {
  return answer >= 0 ? undefined : (BY_NUMBER.get(answer) ?? EIO);
}
