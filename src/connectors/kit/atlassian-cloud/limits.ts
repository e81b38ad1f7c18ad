/** How many requests of one credential may be under way; 2 to 4 are called safe. */
export const concurrency = 4

/** How long something written may stay invisible to other calls: org-level roles take 30 s, the rest is not documented. */
export const settlingMs = 60_000
