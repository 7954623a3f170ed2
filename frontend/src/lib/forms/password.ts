/** The lengths the server accepts, in characters. */
export const PASSWORD_MIN = 12;
export const PASSWORD_MAX = 128;
