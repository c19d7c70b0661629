import { PointsCommands, PointsEvent } from '@guanxi/contracts/guanxi/loyalty/v1/points';
import { policy } from '@guanxi/event-sourcing/policy';
import { pointsView } from './points.view.js';

/** Every lot ends when its time comes; one that is gone by then has nothing left to end. */
export const expiry = policy('expiry', PointsCommands, pointsView).on(PointsEvent, {
  pointsEarned: (_, { accountId, lotId, expiresAt }) => [{ at: expiresAt, command: { expireLot: { accountId, lotId } } }],
});
