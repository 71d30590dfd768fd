// Loaded before a measured server (`node --import`): tells over IPC what the process has used so far, the same for every server.
process.on('message', (question) => {
  if (question !== 'usage') return;
  const { user, system } = process.cpuUsage();
  process.send({ cpuMs: (user + system) / 1_000, peakBytes: process.resourceUsage().maxRSS * 1_024 });
});
process.channel?.unref();
