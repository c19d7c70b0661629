import { momentOf, refOf, someDay, type Customer, type IdOf, type Said } from './customer.ts';
import { grievances, type Grievance } from './grievances.ts';
import { worth } from './places.ts';

const own = 'guanxi.complaints.v1';

const words = {
  zh: {
    heard: '已听取客户完整陈述，情绪平复。',
    consent: '客户电话同意。',
    done: '已按约定办理。',
    happy: '客户表示满意。',
    else: '消费者协会调解',
    told: '已电话告知裁定与理由。',
  },
  en: {
    heard: 'Heard the customer out.',
    consent: 'Agreed on the phone.',
    done: 'Done as agreed.',
    happy: 'The customer is content.',
    else: 'mediation by the consumers’ association',
    told: 'Told on the phone, with the reasons.',
  },
};

const remedyOf = ({ remedy, zh, en }: Grievance, { place, random }: Customer): object => {
  const value = { amountMinor: `${Math.round(random.whole(50, 200) * (worth[place.currency] ?? 100))}`, currency: place.currency };
  const description = (place.language === 'zh' ? zh : en).resolution;
  return { type: remedy, description, ...((remedy === 'REFUND' || remedy === 'COMPENSATION') && { value }) };
};

/** The steps after the complaint came in, none left out. */
const stepsOf = (grievance: Grievance, customer: Customer, complaintId: string, received: number): Said[] => {
  const { place, random } = customer;
  const { points, findings, resolution } = grievance[place.language];
  const { heard, consent, done, happy, else: elsewhere, told } = words[place.language];
  const { cause, severity, verdict } = grievance;
  const founded = verdict !== 'UNFOUNDED';
  const steps: [string, object][] = [
    ['AcknowledgeComplaint', { handlerId: `agent-${random.whole(1, 6)}`, nextContactAt: momentOf(received + 3, random) }],
    ['HearCustomer', { notes: heard, durationS: random.whole(120, 1800) }],
    ['AssessComplaint', { severity, safety: false, urgency: severity, level: severity > 2 ? 'COMPANY' : 'LOCAL' }],
    ['RecordKeyPoints', { keyPoints: points }],
    ['AssignInvestigation', { investigatorId: `quality-${random.whole(1, 3)}` }],
    ['CompleteInvestigation', { findings, evidence: [] }],
    ['JudgeComplaint', { verdict, cause, reasons: [findings], alternatives: founded ? [] : [elsewhere] }],
    ...(founded
      ? ([
          ['ProposeRemedy', { remedy: remedyOf(grievance, customer) }],
          ['AcceptRemedy', { consent }],
          ['ExecuteRemedy', { notes: done }],
          ['FollowUp', { notes: happy, satisfaction: random.whole(6, 10) }],
        ] as [string, object][])
      : ([['CommunicateDecision', { notes: told }]] as [string, object][])),
    ['CloseComplaint', { resolution }],
  ];
  return steps.map(([name, request]) => [`${own}.${name}`, { complaintId, ...request }]);
};

/** Complaints at every step between just received and closed. */
export const complaintsOf = (customer: Customer, idOf: IdOf): Said[] => {
  const { ref, place, shown, random } = customer;
  if (!random.chance(shown ? 100 : 14)) return [];
  const grievance = random.pick(grievances);
  const externalRef = refOf(customer, 'k1');
  const received = someDay(random, 500);
  const { facts, sought } = grievance[place.language];
  const lodged: Said = [
    `${own}.LodgeComplaint`,
    {
      ...{ accountRef: ref, externalRef, channel: random.pick(['PHONE', 'ONLINE', 'EMAIL', 'VISIT']), cause: grievance.cause },
      ...{ category: grievance.category, receivedAt: momentOf(received, random), facts, remedySought: sought },
    },
  ];
  const steps = stepsOf(grievance, customer, idOf('complaint', externalRef), received);
  // A third are closed, the others stand wherever they stand.
  const done = random.chance(33) ? steps.length : random.whole(shown ? 7 : 0, steps.length - 1);
  return [lodged, ...steps.slice(0, done)];
};
