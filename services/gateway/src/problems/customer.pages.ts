import { page, type Pages } from './page.js';

/** Live changes of one customer. */
export const customerPages: Pages = {
  'last-event-id-unreadable': page(
    [
      'Last-Event-ID is none of this stream',
      'The header `Last-Event-ID` holds something that no gateway gave as the id of an event.',
      'Send the `id` of the last event as it came, or leave the header away and read the page of the customer after the event `ready`.',
    ],
    [
      'Last-Event-ID 无法识别',
      '请求头 `Last-Event-ID` 的内容不是任何网关给出的事件编号。',
      '请原样发送最后一个事件的 `id`；或不发送该请求头，并在收到 `ready` 事件后重新读取客户页面。',
    ],
  ),
  'changes-not-served': page(
    [
      'This gateway does not serve live changes',
      'The gateway reads the histories with a token of its own, and has none.',
      'Ask the operator to set GUANXI_SERVICE_TOKEN_FILE for the gateway; until then read the page of the customer again from time to time.',
    ],
    [
      '此网关不提供实时变更',
      '网关需用自己的令牌读取各服务的历史，但未配置该令牌。',
      '请运维人员为网关设置 GUANXI_SERVICE_TOKEN_FILE；在此之前请定时重新读取客户页面。',
    ],
  ),
};
