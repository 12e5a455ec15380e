/** In place of a row of a table: there is none. No imports, so that the bundler writes the values where they are used. */

export const NO_ROW = -1;
export const NO_MEMCG = -1;
