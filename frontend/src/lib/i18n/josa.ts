/** Digits and Latin letters whose Korean name ends in a consonant: 영 일 삼 육 칠 팔, 엘 엠 엔 알. */
const CLOSED = /[013678lmnr]/i;
const FIRST_SYLLABLE = 0xac00;
const SYLLABLES = 11_172;
const FINALS = 28;

/** Whether a Korean reader ends the word in a consonant. What stands in brackets at its end is not read. */
function endsInConsonant(word: string): boolean {
  const read = word.replace(/(?:\s*[([][^)\]]*[)\]])+$/, '').replace(/[^\p{L}\p{N}]+$/u, '');
  const last = read.at(-1) ?? '';
  const place = last.charCodeAt(0) - FIRST_SYLLABLE;
  return place >= 0 && place < SYLLABLES ? place % FINALS !== 0 : CLOSED.test(last);
}

/** Korean particles with their forms behind a consonant and behind a vowel. */
const PARTICLES = { subject: ['이', '가'], object: ['을', '를'], with: ['과', '와'] } as const;
export type Particle = keyof typeof PARTICLES;

/** The form of a particle that belongs behind a word. */
export function particleAfter(word: string, particle: Particle): string {
  return PARTICLES[particle][endsInConsonant(word) ? 0 : 1];
}
