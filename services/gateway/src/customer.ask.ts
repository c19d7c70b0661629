import { create, fromBinary, toBinary, type DescMessage, type Message } from '@bufbuild/protobuf';
import type { Freshness } from '@guanxi/contracts/guanxi/common/v1/freshness_pb';
import { sectionRpcs, sections, type Section } from './customer.sections.js';
import type { Call, CallHeaders } from './peers.js';
import { Refusal } from './refusal.js';

/** What a service answers about a customer; `data` is its own message. */
export interface SectionAnswer {
  readonly freshness: Freshness | undefined;
  readonly data: Message | undefined;
}

/** The page stands within a second, so a service has less; a moment that is past must first be folded. */
const answerMs = { now: 700, asOf: 5_000 };

/** A call that has not even begun (an address that cannot be looked up) is late, too. */
const inTime = async <T>(work: Promise<T>, ms: number): Promise<T> => {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(new Refusal(503, 'timeout', 'No answer in time.')), ms);
  return Promise.race([work, late.promise]).finally(() => clearTimeout(timer));
};

/** Asks a service for its section, with the caller's own token. @throws as a call does; Refusal 503 after 700 ms, 5 s as of a moment */
export const askSection = async (call: Call, section: Section, accountId: string, headers: CallHeaders): Promise<SectionAnswer> => {
  const { parent, name, input, output } = sectionRpcs[section];
  const request = toBinary<DescMessage>(input, create<DescMessage>(input, { accountId }));
  const ms = headers['as-of'] === undefined ? answerMs.now : answerMs.asOf;
  const { body } = await inTime(call(sections[section], `/${parent.typeName}/${name}`, request, headers, ms), ms);
  return fromBinary<DescMessage>(output, body) as Message & SectionAnswer;
};
