/** Minimum on the server, which reports a change itself. */
export const LEAST_PASSWORD_LENGTH = 12
