/** The memory controller's rules, era by era; each row says only what differs from the one before. */

import type { MemcgRules } from "./memcg-rules.ts";
import {
  MEMORY_FILES_4_12,
  MEMORY_FILES_5_0,
  MEMORY_FILES_5_4,
  MEMORY_FILES_5_12,
  MEMORY_FILES_6_1,
  NO_MEMORY_FILES,
} from "./memory-files.ts";

/** Source: spec/memcg-slab.md 0, A.2, A.3, E.4. */
export const RULES_3_8: MemcgRules = {
  userPages: "move-at-rmdir",
  kernelObjects: "copy-pins",
  kernelPages: "pin",
  writeback: "none",
  kmemAccounting: "opt-in",
  statistics: "percpu-sum",
  statBatchPages: 0,
  stockPages: 32,
  idHeldUntil: "freed",
  idsExhausted: "ENOSPC",
  offlineScanFloor: false,
  scanRounding: "down",
  percpuOwnerBytes: 0,
  statPerController: false,
  hasCgroupStat: false,
  memoryFiles: NO_MEMORY_FILES,
};

export const RULES_4_12: MemcgRules = {
  ...RULES_3_8,
  userPages: "pin",
  kernelObjects: "page-pins",
  writeback: "pin",
  kmemAccounting: "always",
  idHeldUntil: "offline",
  idsExhausted: "ENOMEM",
  memoryFiles: MEMORY_FILES_4_12,
  offlineScanFloor: true,
};

export const RULES_5_0: MemcgRules = {
  ...RULES_4_12,
  statistics: "batch-local",
  statBatchPages: 32,
  scanRounding: "up",
  hasCgroupStat: true,
  memoryFiles: MEMORY_FILES_5_0,
};

export const RULES_5_4: MemcgRules = {
  ...RULES_5_0,
  kernelObjects: "reparented-copies",
  statistics: "batch-hierarchy",
  memoryFiles: MEMORY_FILES_5_4,
  idsExhausted: "ENOSPC",
  scanRounding: "up-when-offline",
};

export const RULES_5_12: MemcgRules = {
  ...RULES_5_4,
  kernelObjects: "shared",
  memoryFiles: MEMORY_FILES_5_12,
  offlineScanFloor: false,
};

export const RULES_6_1: MemcgRules = {
  ...RULES_5_12,
  kernelPages: "owner",
  writeback: "switch",
  statistics: "rstat",
  memoryFiles: MEMORY_FILES_6_1,
  statBatchPages: 64,
  stockPages: 64,
  percpuOwnerBytes: 8,
};

export const RULES_7_1: MemcgRules = {
  ...RULES_6_1,
  userPages: "reparent-at-offline",
  statPerController: true,
};
