import { expect, test } from 'vitest'
import { SAMPLE_DATE } from '../../src/core/command.ts'
import { withIsoDates } from '../../src/output/timestamp.ts'

const iso = (wire: string, offset = 0) =>
  withIsoDates(new Map([['CreateDate', wire]]), new Map([['CreateDate', SAMPLE_DATE]]), () => offset).get('CreateDate')

// Recorded from aws-cli 2.36.7, TZ=UTC.
test.each([
  ['2015-03-09T18:39:23Z', '2015-03-09T18:39:23+00:00'],
  ['2015-03-09T18:39:23.411Z', '2015-03-09T18:39:23.411000+00:00'],
  ['2015-03-09T18:39:23+0530', '2015-03-09T18:39:23+05:30'],
  ['2015-03-09T18:39:23', '2015-03-09T18:39:23'],
  ['Mon, 09 Mar 2015 18:39:23 GMT', '2015-03-09T18:39:23+00:00'],
  ['0', '1970-01-01T00:00:00+00:00'],
  ['1425926363.411', '2015-03-09T18:39:23.411000+00:00'],
  ['1e10', '2286-11-20T17:46:40+00:00'],
  ['-1', '1969-12-31T23:59:59+00:00'],
  ['1_000', '1970-01-01T00:16:40+00:00'],
  ['20150309', '1970-08-22T05:18:29+00:00'],
  ['2015-03-09', '2015-03-09T00:00:00'],
  ['20150309T183923Z', '2015-03-09T18:39:23+00:00'],
])('%s is %s', (wire, printed) => expect(iso(wire)).toBe(printed))

// Recorded from aws-cli 2.36.7, TZ=America/New_York.
test('an epoch number is shown by the local clock', () => expect(iso('1425926363', -4 * 3600)).toBe('2015-03-09T14:39:23-04:00'))

// aws-cli 2.36.7 reads these with dateutil.
test.each(['20150309183923', '18:39', '9 March 2015', '10h36m'])('%j is neither and stays', wire => expect(iso(wire)).toBe(wire))

// aws-cli 2.36.7 ends here with exit code 255, the key made and not shown.
test.each(['99999999999999', '2015-13-01T00:00:00Z', '2015-02-29T00:00:00Z', 'nan', 'inf', '1e400', '', 'soon'])('%j stays', wire =>
  expect(iso(wire)).toBe(wire),
)

test('dates are the members that are dates in the sample, at any depth', () => {
  const date = '2015-03-09T18:39:23Z'
  const reply = (printed: string) =>
    new Map([
      [
        'Keys',
        [1, 2].map(
          () =>
            new Map([
              ['UserName', date],
              ['CreateDate', printed],
            ]),
        ),
      ],
    ])
  const sample = new Map([
    [
      'Keys',
      [
        new Map([
          ['UserName', 'UserName'],
          ['CreateDate', SAMPLE_DATE],
        ]),
      ],
    ],
  ])
  expect(withIsoDates(reply(date), sample, () => 0)).toEqual(reply('2015-03-09T18:39:23+00:00'))
})
