import { describe, expect, test } from '@jest/globals';
import { compareFigure } from '../../web/src/compare.js';
import type { Figure } from '../../web/src/figures.js';
import type { FigureValue } from '../../web/src/format.js';

const options = { locale: 'en-GB', currency: 'EUR' };
const views = { format: 'count', goodDirection: 'up' } as const;
const bounces = { format: 'share', goodDirection: 'down' } as const;
const events = { format: 'count', goodDirection: null } as const;

describe('a comparison', () => {
  test.each<[Pick<Figure, 'format' | 'goodDirection'>, FigureValue, FigureValue, string, string, string]>([
    [views, 120, 100, '+20%', 'up', 'good'],
    [views, 95, 100, '-5%', 'down', 'bad'],
    [views, 1001, 1000, '+0.1%', 'up', 'good'],
    [views, 100, 100, '0%', 'same', 'neutral'],
    [views, 5, 0, 'new', 'up', 'good'],
    [views, 0, 0, '0%', 'same', 'neutral'],
    [bounces, 0.3, 0.25, '+5 pt', 'up', 'bad'],
    [bounces, 0.2, 0.25, '-5 pt', 'down', 'good'],
    [events, 2, 1, '+100%', 'up', 'neutral'],
    [{ format: 'money', goodDirection: 'up' }, '12.50', '10.00', '+25%', 'up', 'good'],
  ])('of %j: %p against %p is %s, %s, %s', (figure, now, before, text, trend, judgement) => {
    expect(compareFigure(figure, now, before, options)).toMatchObject({ text, trend, judgement });
  });

  test.each([
    [null, 5],
    [5, null],
    [undefined, undefined],
  ])('with what is unknown is none: %p against %p', (now, before) => {
    expect(compareFigure(views, now, before, options)).toBeNull();
  });

  test('names the difference itself, without dust of binary fractions', () => {
    const money = { format: 'money', goodDirection: 'up' } as const;
    expect(compareFigure(money, '0.30', '0.10', options)?.exact).toBe('+€0.20 against €0.10');
  });
});
