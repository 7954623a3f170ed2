/** The milliseconds from our sending to the broker's acceptance; negative if the broker had it before. */
export function acceptedAfter(sentAt: string | null, acceptedAt: string): number | null {
  return sentAt === null ? null : Date.parse(acceptedAt) - Date.parse(sentAt);
}
