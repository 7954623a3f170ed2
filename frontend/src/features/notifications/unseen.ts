/** What the header counts and the sheet lists: more wait at once nowhere. */
export const UNSEEN = { unseen: true, page: 1, page_size: 100 };
