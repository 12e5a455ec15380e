/**
 * Files as the page cache knows them: which pages of theirs are in memory, and the kernel objects they take.
 *
 * Which bytes a file holds is nobody's business here. A file on a disk may lose its inode and its dentry to a shrinker
 * and gets new ones when it is used again; a file that lives in memory alone keeps both until it is deleted.
 *
 * Source: spec/memcg-slab.md A.3 ("Cross effect").
 */

import type { Table, TableShape } from "../table.ts";

const FIELDS = [
  /** 1 while the row is in use. */
  "used",
  /** 1 when its pages live in memory alone (tmpfs). */
  "memoryOnly",
  /** 1 when its dirty pages make a writeback structure for the memcg. */
  "cgroupWriteback",
  "nrPages",
  "firstPage",
  "lastPage",
  /** Index of the cache of its inode. */
  "inodeKind",
  /** Its inode and its dentry, slab objects; NO_OBJECT without one. */
  "inode",
  "dentry",
  /** Writeback structure it is attached to; NO_ROW without one. */
  "writeback",
  /** Handles that are open. */
  "nrOpen",
  /** Tasks that keep it locked in memory. */
  "nrLocks",
] as const;

type FileField = (typeof FIELDS)[number];

export type Files = Table<FileField>;

export const FILE_SHAPE: TableShape<FileField> = { fields: FIELDS, widths: {} };
