/** What a subscriber must know before the first record. Markdown. */
export const about = `An event-sourced customer-relationship platform. Each service sends its whole history, every event it ever recorded, to one topic of its own. This document is derived from the contracts that the services run by.

A record's value is the exact text of one CloudEvents 1.0 JSON document. The service stores the same bytes, hashes them and exports them for audits, so keep the text as it came and decode a copy. A record never changes and is never deleted.

All records of one customer have one key, lie in one partition and come in order; across partitions there is no order but \`position\`. Every record arrives **at least once**. Some arrive again long after: the last one of each partition is repeated whenever that partition was silent for 30 seconds, so that a lost tail is noticed; and where a topic was lost, all of them may be sent again, with the same headers but \`traceparent\`.

## What the headers are for

| header | says |
|---|---|
| \`position\` | the record's place in the service's history: 1, 2, 3 … without a gap over all partitions together |
| \`prev-position\` | the position of the record before it **in the same partition**, 0 at its first |
| \`epoch\` | the stretch between two restores of the service's database that it was recorded in, a UUIDv7; a later epoch is a greater text |

Positions within one partition rise and have gaps; \`prev-position\` is what tells a gap that is meant from a record that was lost. Kafka's offsets tell neither: a broker may lose its tail, and a topic may be made again. Use them as a hint where to go on reading, nothing more.

## How to hear everything, once

Keep one row for each partition of a topic: \`epoch\` (at first the empty text) and \`position\` (at first 0). Do what a record asks for, and move its partition's row, **in one transaction**; commit the offset after that. For each record, the first of these that fits:

1. A header is missing or cannot be read: the record is not the service's. Count it and pass it over.
2. Its epoch is less than the row's: a restore has undone it. Drop it.
3. Its epoch is greater than the row's: the service was restored. Ask \`GET /v1/history/{service}/epochs\`. Where the record's epoch is not among them, drop the record. Else set the row to the newest epoch, and its position to the least of the row's own and the \`base\` of every epoch newer than the row's (0 where the service does not know the row's epoch, other than the empty text). What you took above that position has not happened: undo it or tell somebody. Then judge the record again.
4. Its position is not above the row's: you had it. Pass it over.
5. Its \`prev-position\` is the row's position: it is the next one. **Take it**, and set the row's position to its own.
6. Anything else: records between the two were lost on the way. Fetch them from the service by \`GET /v1/history/{service}/events?after={row's position}&partition={partition}&limit=1000\`, page by page until the record's own position is reached. Each line is \`<position> <exact text>\`; take them in that order. Where the service has no such position, or answers with another \`epoch\` header than the row's, drop the record and never move the row there.

Some advice from running it:

- Move the row also for a \`type\` that you do not know or need: new ones are added without notice.
- Fields are added and never change their meaning; read what you know and leave the rest. \`schemaversion\` counts what could not be done that way.
- \`data\` leaves out fields that have their default value (0, false, the empty text, the empty list, the zero of an enum).
- Store a value that you cannot read and go on. One bad record must not stop a partition.
- The number of partitions of a topic never changes. The partition is \`toPositive(murmur2(key)) % 24\`, as Kafka's own clients compute it.

## Without Kafka

\`GET /v1/history/{service}/events?after={position}&wait=30\` gives the same records in the order of their positions, one a line: line i is position \`after\` + i. Then one row a service is enough. A house on its embedded bus has no broker, and is read so. The role for all of this is SUBSCRIBER.`;

/** What a topic is. */
export const channelWords = (source: string): string =>
  `The whole history of ${source}, from its first event. Keep \`epoch\` and \`position\` for each of its partitions, take a record where ` +
  'its `prev-position` is the one that you keep, and fetch what lies between from the service where it is not; the description of this document has all the rules.';
