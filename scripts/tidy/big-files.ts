/** A large file in git is there for ever, for everyone. */

import type { Finding, Repository, Rule } from "./repository.ts";

const SIZE_BYTES_MAX = 1_000_000;

export const bigFiles: Rule = { name: "big-files", check };

function check(repository: Repository): readonly Finding[] {
  return repository
    .files()
    .filter((file) => file.sizeBytes > SIZE_BYTES_MAX)
    .map(({ path, sizeBytes }) => ({
      path,
      line: 1,
      message: `${sizeBytes} bytes, limit ${SIZE_BYTES_MAX}; cut it down or generate it`,
    }));
}
