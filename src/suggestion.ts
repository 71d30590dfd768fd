import leven from 'leven';

/** "; did you mean x?" for a near miss, otherwise what there is. */
export function suggestion(wrong: string, known: readonly string[]): string {
  const [nearest] = known.map((key) => ({ key, distance: leven(wrong, key) })).sort((a, b) => a.distance - b.distance);
  if (nearest && nearest.distance <= Math.max(2, wrong.length / 3)) return `; did you mean ${nearest.key}?`;
  return known.length > 0 ? `; known are ${known.join(', ')}.` : '.';
}
