/** Exit code of a run that was interrupted, as shells give to a process that SIGINT ended: 128 + 2. */
export const INTERRUPTED = 130

/** Exit code for a command line that cannot be used as it is. */
export const USAGE = 2
