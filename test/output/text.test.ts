import { expect, test } from 'vitest'
import { Failure } from '../../src/core/errors.ts'
import { text } from '../../src/output/text.ts'
import { loads } from '../../src/python/json-decoder.ts'

// Recorded from aws-cli 2.36.7.
test.each([
  [
    'a dict in a dict is a line led by its name',
    '{"AccessKey": {"UserName": "Bob", "AccessKeyId": "AKIAIOSFODNN7EXAMPLE", "Status": "Active", "SecretAccessKey": "wJalrXUtnFEMI/K7MDENG/bPxRfiCYzEXAMPLEKEY", "CreateDate": "2015-03-09T18:39:23Z"}}',
    'ACCESSKEY\tAKIAIOSFODNN7EXAMPLE\t2015-03-09T18:39:23Z\twJalrXUtnFEMI/K7MDENG/bPxRfiCYzEXAMPLEKEY\tActive\tBob\n',
  ],
  ['scalars first, by key, then what is nested', '{"b": 1, "C": {"y": 2, "x": [1, 2]}, "a": null}', 'None\t1\nC\t2\nX\t1\nX\t2\n'],
  ['a bare scalar', '"hi"', 'hi\n'],
  ['nothing', 'null', 'None\n'],
  ['true', 'true', 'True\n'],
  [
    'numbers as Python spells them',
    '[1, 1.0, -0.0, 1e16, 1e-7, 12345678901234567890]',
    '1\t1.0\t-0.0\t1e+16\t1e-07\t12345678901234567890\n',
  ],
  ['an empty string is an empty line', '""', '\n'],
  ['an empty list is no output', '[]', ''],
  ['an empty dict is no output', '{}', ''],
  ['a list of scalars is one line', '["a", 1, null, true]', 'a\t1\tNone\tTrue\n'],
  ['under a name it is a line each', '{"a": [1, 2]}', 'A\t1\nA\t2\n'],
  ['a list of lists is a line each', '[[1, 2], [3]]', '1\t2\n3\n'],
  ['scalars go before the lists among them', '[[1, 2], "a", [3], "b"]', 'a\tb\n1\t2\n3\n'],
  ['lists deep in lists', '[[[1, 2], [3, 4]], [[5, 6]]]', '1\t2\n3\t4\n5\t6\n'],
  ['and under a name', '{"a": [[1, 2], [3]]}', 'A\t1\nA\t2\nA\t3\n'],
  ['dicts of a list share their columns', '[{"a": 1, "c": 2}, {"b": 3, "a": 4}]', '1\t\t2\n4\t3\t\n'],
  [
    'a column that is nested in one dict is shown as Python shows it',
    '[{"a": 1}, {"a": [true, null, "x\'y"]}, {"a": {"k": 1.5}}]',
    "1\n[True, None, \"x'y\"]\n{'k': 1.5}\n",
  ],
  ['dicts of a list without scalars', '[{"c": {"x": 1}}, {"c": {"x": 2}}]', 'C\t1\nC\t2\n'],
  ['only the innermost name counts', '{"a": {"b": {"c": {"d": 1, "e": 2}}}}', 'C\t1\t2\n'],
  ['keys go by code point', '{"😀": 1, "�": 2, "a": 3, "B": 4}', '4\t3\t2\t1\n'],
  ['tabs and line ends are not escaped', '["a\\tb", "c\\nd"]', 'a\tb\tc\nd\n'],
  ['a name in capitals', '{"straße": ["x"]}', 'STRASSE\tx\n'],
])('%s', (_, json, printed) => expect(text(loads(json))).toBe(printed))

test.each([
  ['a scalar among dicts', '[{"a": 1}, 5]', "'int' object has no attribute 'items'"],
  ['a list among dicts', '[[], {"a": 1}]', "'list' object has no attribute 'items'"],
])('%s is refused', (_, json, sentence) => expect(() => text(loads(json))).toThrow(new Failure(sentence)))
