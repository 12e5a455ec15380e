/** The boot CPU: x86 does not let go of it, and work items that belong to no other CPU run on it. */
export const BOOT_CPU = 0;
