// Loaded by -r into every child of `npm start`: where the parent was killed, the child ends too, so that nothing is left running.
'use strict';
process.on('disconnect', () => process.kill(process.pid, 'SIGTERM'));
// The channel alone must not keep a process up that has finished its work.
process.channel?.unref();
