/**
 * Who goes first when several want to write to one directory (semantics D5): 1 = leavers, removals and restores that were
 * pushed, and one person now; 2 = other parts; 3 = whole runs.
 */
export type Lane = 1 | 2 | 3
