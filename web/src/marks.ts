import { percent } from './format.js';
import type { GoogleFiguresFragment } from './generated/graphql.js';

type Quality = GoogleFiguresFragment['quality'];

export interface Mark {
  readonly text: string;
  readonly title: string;
}

/** What Google said about its own numbers, each once, in plain words. */
export function marksOf(qualities: readonly (Quality | undefined)[], locale: string): Mark[] {
  const known = qualities.filter((quality) => quality !== undefined);
  const shares = known.flatMap(({ sampledShare }) => (sampledShare === null ? [] : [sampledShare]));
  const marks: (Mark | false)[] = [
    known.some(({ complete }) => !complete) && {
      text: 'Days not complete',
      title: 'Google still counts today and the two days before; these figures may change.',
    },
    shares.length > 0 && {
      text: `Sampled ${percent(Math.min(...shares), locale)}`,
      title: 'Google read this share of the events and estimated the rest.',
    },
    known.some(({ thresholded }) => thresholded) && {
      text: 'Thresholded',
      title: 'Google withheld rows that could tell who somebody is. What has no row is shown as –.',
    },
    known.some(({ otherRow }) => otherRow) && {
      text: '(other)',
      title: 'Google folded rare products into one row, (other). What has no row of its own is shown as –.',
    },
  ];
  return marks.filter((mark) => mark !== false);
}
