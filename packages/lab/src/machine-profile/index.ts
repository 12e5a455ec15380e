/** Machine profiles learnt from recordings. */

export { learnProfile } from "./learnt-profile.ts";
export { parseProfileFile, printProfileFile } from "./profile-file.ts";
