import { svg } from './dom.js';

/** Lines on a field of 24 by 24; drawn, because not every machine has a font with these signs. */
const paths = {
  up: 'M12 5 21 19H3z',
  down: 'M12 19 3 5h18z',
  again: 'M20 5v5h-5M20 10a8.5 8.5 0 1 0 .5 4',
  clock: 'M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17zM12 7.5V12l3 2',
  close: 'M6 6l12 12M18 6 6 18',
  sun: 'M12 7.5a4.5 4.5 0 1 0 0 9 4.5 4.5 0 0 0 0-9zM12 1.5v2.5m0 16v2.5M1.5 12H4m16 0h2.5M4.6 4.6l1.8 1.8m11.2 11.2 1.8 1.8m0-14.8-1.8 1.8M6.4 17.6l-1.8 1.8',
  moon: 'M20 14.5A8.5 8.5 0 0 1 9.5 4 8.5 8.5 0 1 0 20 14.5z',
};

export type IconName = keyof typeof paths;

/** Says nothing by itself: what it means has to stand beside it, to be read or to be heard. */
export function icon(name: IconName, size = 16): SVGElement {
  const isFilled = name === 'up' || name === 'down';
  return svg(
    'svg',
    {
      class: isFilled ? 'icon filled' : 'icon',
      viewBox: '0 0 24 24',
      width: size,
      height: size,
      'aria-hidden': 'true',
    },
    svg('path', { d: paths[name] }),
  );
}
