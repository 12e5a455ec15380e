/** What a replay counts: the words of its `counts`. */

export const ALLOCATIONS = 0;
export const MATCHED = 1;
export const MISMATCHED = 2;
/** In chunks whose earlier content is unknown. */
export const UNDETERMINED = 3;
/** Of the undetermined ones, those that lie where the model has them under what was assumed. */
export const AGREED = 4;
export const FREES = 5;
/** Frees of areas that were there before the trace. */
export const FREES_OF_EARLIER = 6;
/** Frees of areas that nothing is known of. */
export const FREES_UNKNOWN = 7;
export const CREATED = 8;
export const CREATED_MATCHED = 9;
export const DESTROYED = 10;
export const DESTROYED_MATCHED = 11;
/** Failed requests. */
export const REFUSED = 12;
export const REFUSED_MATCHED = 13;
/** Populate and depopulate events of the recording. */
export const PAGE_EVENTS = 14;
export const PAGE_EVENTS_MATCHED = 15;
/** Areas put where the recording has them, against the model's answer. */
export const RESYNCHRONISED = 16;
/** Creations taken over from the recording, because the model cannot know when they are due. */
export const CREATIONS_LED = 17;
/** Destructions at which the model and the recording chose different ones of several free chunks. */
export const EXCHANGED = 18;
/** Destructions of free chunks taken over from the recording. */
export const DESTRUCTIONS_LED = 19;
/** Frees that no event tells of, found because their place was given again. */
export const FREES_MISSED = 20;
export const NR_COUNTS = 21;
